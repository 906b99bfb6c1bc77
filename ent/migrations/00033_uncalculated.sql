-- +goose Up

ALTER INDEX conversions_unreckoned RENAME TO conversions_uncalculated;
