-- +goose Up

-- What an affiliate is told without asking. One of a kind is open for a postback or
-- a campaign at a time; it is over when resolved_at is set, and out of sight when
-- its owner dismisses it.
CREATE TABLE alerts (
  id uuid NOT NULL,
  affiliate_id bigint NOT NULL,
  kind text NOT NULL,
  postback_id bigint,
  campaign_id bigint,
  message text NOT NULL,
  raised_at timestamptz NOT NULL,
  resolved_at timestamptz,
  dismissed_at timestamptz,
  PRIMARY KEY (id),
  CHECK (kind IN ('postback_failing', 'postback_held', 'postback_gone', 'postback_recovered', 'campaign_without_postback', 'clicks_without_param')),
  CHECK ((postback_id IS NULL) <> (campaign_id IS NULL)),
  FOREIGN KEY (affiliate_id) REFERENCES affiliates (id),
  FOREIGN KEY (postback_id) REFERENCES postbacks (id),
  FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
);
CREATE INDEX alerts_affiliate_id_id ON alerts (affiliate_id, id);
CREATE UNIQUE INDEX alerts_open_postback ON alerts (kind, postback_id) WHERE resolved_at IS NULL AND postback_id IS NOT NULL;
CREATE UNIQUE INDEX alerts_open_campaign ON alerts (kind, campaign_id) WHERE resolved_at IS NULL AND campaign_id IS NOT NULL;
