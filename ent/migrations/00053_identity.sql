-- +goose Up

-- A transaction is unique per offer and goal, and so is a player of a goal that counts once, whichever
-- integration reports it: two integrations of one operator tell of the same event.

-- The integrations of one offer know the same players: those of its first integration.
ALTER TABLE integrations ADD players_of bigint REFERENCES integrations (id);
UPDATE integrations i SET players_of = f.id
FROM (SELECT offer_id, min(id) AS id FROM integrations GROUP BY offer_id) f
WHERE f.offer_id = i.offer_id AND f.id <> i.id;

-- +goose StatementBegin
CREATE FUNCTION share_players() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.players_of := (SELECT coalesce(i.players_of, i.id) FROM integrations i WHERE i.offer_id = NEW.offer_id ORDER BY i.id LIMIT 1);
  RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER share_players BEFORE INSERT ON integrations FOR EACH ROW EXECUTE FUNCTION share_players();

-- A conversion that was recorded although another one has its transaction: it is another event.
ALTER TABLE conversions ADD apart_from uuid REFERENCES conversions (id);

DROP INDEX conversions_transaction;
DROP INDEX conversions_once;

-- A player that two integrations of an offer know by the same id becomes one.
CREATE TEMPORARY TABLE twins ON COMMIT DROP AS
  SELECT p.id AS twin, q.id AS player, p.click_id
  FROM players p
  JOIN integrations i ON i.id = p.integration_id AND i.players_of IS NOT NULL
  CROSS JOIN LATERAL (
    SELECT o.id FROM players o JOIN integrations x ON x.id = o.integration_id
    WHERE o.external_id = p.external_id AND x.offer_id = i.offer_id ORDER BY x.id LIMIT 1) q
  WHERE q.id <> p.id;
UPDATE players q SET click_id = t.click_id
FROM (SELECT DISTINCT ON (player) player, click_id FROM twins WHERE click_id IS NOT NULL ORDER BY player, twin) t
WHERE q.id = t.player AND q.click_id IS NULL;
UPDATE conversions c SET player_id = t.player, once_key = CASE c.once_key WHEN 'player:' || t.twin THEN 'player:' || t.player ELSE c.once_key END
FROM twins t WHERE c.player_id = t.twin;
DELETE FROM players p USING twins t WHERE p.id = t.twin;
UPDATE players p SET integration_id = i.players_of FROM integrations i WHERE i.id = p.integration_id AND i.players_of IS NOT NULL;

-- What two integrations have recorded twice stays as it was told; what comes from now on finds the
-- first of the two.
UPDATE conversions c SET apart_from = d.first
FROM (
  SELECT id, first_value(id) OVER of AS first FROM conversions
  WHERE transaction_id IS NOT NULL AND undone_at IS NULL
  WINDOW of AS (PARTITION BY offer_id, goal, transaction_id ORDER BY id)) d
WHERE c.id = d.id AND d.first <> d.id;
UPDATE conversions c SET once_key = NULL
FROM (
  SELECT id, first_value(id) OVER of AS first FROM conversions
  WHERE once_key IS NOT NULL
  WINDOW of AS (PARTITION BY offer_id, goal, once_key ORDER BY id)) d
WHERE c.id = d.id AND d.first <> d.id;

CREATE UNIQUE INDEX conversions_transaction ON conversions (offer_id, goal, transaction_id)
  WHERE transaction_id IS NOT NULL AND undone_at IS NULL AND apart_from IS NULL;
CREATE UNIQUE INDEX conversions_once ON conversions (offer_id, goal, once_key) WHERE once_key IS NOT NULL;
CREATE INDEX conversions_apart_from ON conversions (apart_from) WHERE apart_from IS NOT NULL;

-- When the event happened whose status nobody has mapped yet, if the operator said so.
ALTER TABLE conversions ADD reported_status_at timestamptz;

-- Reports that staff must decide: the same transaction, with another click or player than the one
-- that is known.
CREATE TABLE clashes (
  id uuid NOT NULL,
  received_at timestamptz NOT NULL,
  integration_id bigint NOT NULL REFERENCES integrations (id),
  conversion_id uuid NOT NULL REFERENCES conversions (id) ON DELETE CASCADE,
  report jsonb NOT NULL,
  differs jsonb NOT NULL,
  key text NOT NULL,
  reports bigint NOT NULL DEFAULT 1,
  last_at timestamptz NOT NULL,
  resolution text CHECK (resolution IN ('same', 'separate')),
  resolved_at timestamptz,
  resolved_by bigint,
  recorded_id uuid,
  PRIMARY KEY (id),
  CHECK ((resolution IS NULL) = (resolved_at IS NULL))
);
CREATE UNIQUE INDEX clashes_conversion_id_key ON clashes (conversion_id, key);
CREATE INDEX clashes_open ON clashes (id) WHERE resolution IS NULL;
