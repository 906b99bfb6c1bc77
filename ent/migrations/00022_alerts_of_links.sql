-- +goose Up

-- An alert can be about an affiliate's default link of an offer, too.
ALTER TABLE alerts
  ADD COLUMN link_id bigint,
  ADD FOREIGN KEY (link_id) REFERENCES tracking_links (id),
  DROP CONSTRAINT alerts_check,
  ADD CONSTRAINT alerts_check CHECK (num_nonnulls(postback_id, campaign_id, link_id) = 1);
CREATE UNIQUE INDEX alerts_open_link ON alerts (kind, link_id) WHERE resolved_at IS NULL AND link_id IS NOT NULL;

-- The last clicks of a default link; those of campaigns' links are found by campaign.
CREATE INDEX clicks_of_default_link ON clicks (link_id, id) WHERE campaign_id IS NULL;
