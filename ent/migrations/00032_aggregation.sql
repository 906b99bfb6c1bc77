-- +goose Up

-- Conversions that one request reports together are aggregated.
ALTER TABLE postbacks RENAME gather_seconds TO aggregate_seconds;
ALTER TABLE postback_versions RENAME gather_seconds TO aggregate_seconds;
ALTER TABLE deliveries RENAME gathering_id TO aggregation_id;
ALTER TABLE deliveries RENAME gathers TO aggregates;
ALTER TABLE gathered_events RENAME TO aggregated_events;
ALTER TABLE aggregated_events RENAME gathering_id TO aggregation_id;

ALTER INDEX deliveries_gathers RENAME TO deliveries_aggregates;
ALTER INDEX gathered_events_pkey RENAME TO aggregated_events_pkey;
ALTER INDEX gathered_events_conversion_id RENAME TO aggregated_events_conversion_id;
ALTER INDEX gathered_events_gathering_id_conversion_id_key RENAME TO aggregated_events_aggregation_id_conversion_id_key;
