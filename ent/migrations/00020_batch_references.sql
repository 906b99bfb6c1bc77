-- +goose Up

-- What a batch of facts refers to is looked up once a statement, not once a row
-- and reference. A row's own check also locks what it refers to: every batch of
-- every process then writes to the rows of the same offer, source and goal, and
-- waits for the others there. Here whoever inserts locks nothing, and whoever
-- takes away what may be referred to, which nobody does in the course of
-- business, waits until nothing is being inserted.
ALTER TABLE conversions
  DROP CONSTRAINT conversions_affiliate_id_fkey, DROP CONSTRAINT conversions_source_id_fkey, DROP CONSTRAINT conversions_offer_id_fkey,
  DROP CONSTRAINT conversions_campaign_id_fkey, DROP CONSTRAINT conversions_player_id_fkey, DROP CONSTRAINT conversions_goal_fkey;
ALTER TABLE conversion_events DROP CONSTRAINT conversion_events_conversion_id_fkey;
ALTER TABLE deliveries
  DROP CONSTRAINT deliveries_conversion_id_fkey, DROP CONSTRAINT deliveries_event_id_fkey, DROP CONSTRAINT deliveries_postback_id_fkey;

-- Each of these looks a reference up by its key (a subquery for a value, which is
-- never turned into a reading of the whole table).
-- +goose StatementBegin
CREATE FUNCTION conversions_refer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  SELECT id INTO one FROM written w WHERE
       w.affiliate_id IS NOT NULL AND (SELECT r.id FROM affiliates r WHERE r.id = w.affiliate_id) IS NULL
    OR w.campaign_id IS NOT NULL AND (SELECT r.id FROM campaigns r WHERE r.id = w.campaign_id) IS NULL
    OR w.player_id IS NOT NULL AND (SELECT r.id FROM players r WHERE r.id = w.player_id) IS NULL
    OR (SELECT r.id FROM sources r WHERE r.id = w.source_id) IS NULL
    OR (SELECT r.id FROM offers r WHERE r.id = w.offer_id) IS NULL
    OR (SELECT r.key FROM goals r WHERE r.key = w.goal) IS NULL
    LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'conversions_refer',
      MESSAGE = format('conversion %s refers to what is not there', one);
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION conversion_events_refer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  SELECT id INTO one FROM written w WHERE (SELECT r.id FROM conversions r WHERE r.id = w.conversion_id) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'conversion_events_refer',
      MESSAGE = format('event %s refers to a conversion that is not there', one);
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION deliveries_refer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  one uuid;
BEGIN
  SELECT id INTO one FROM written w WHERE
       w.conversion_id IS NOT NULL AND (SELECT r.id FROM conversions r WHERE r.id = w.conversion_id) IS NULL
    OR w.event_id IS NOT NULL AND (SELECT r.id FROM conversion_events r WHERE r.id = w.event_id) IS NULL
    OR w.postback_id IS NOT NULL AND (SELECT r.id FROM postbacks r WHERE r.id = w.postback_id) IS NULL
    LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'deliveries_refer',
      MESSAGE = format('delivery %s refers to what is not there', one);
  END IF;
  RETURN NULL;
END
$$;

-- The same for the one delivery that is changed.
CREATE FUNCTION delivery_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.conversion_id IS NOT NULL AND NOT EXISTS (SELECT FROM conversions r WHERE r.id = NEW.conversion_id)
    OR NEW.event_id IS NOT NULL AND NOT EXISTS (SELECT FROM conversion_events r WHERE r.id = NEW.event_id) THEN
    RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'deliveries_refer',
      MESSAGE = format('delivery %s refers to what is not there', NEW.id);
  END IF;
  RETURN NULL;
END
$$;

-- What a row refers to, where that never changes.
CREATE FUNCTION reference_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = 'reference_is_fixed',
    MESSAGE = format('what a row of %s refers to, or is referred to by, never changes', TG_TABLE_NAME);
END
$$;

-- Waits until nothing is being inserted into the tables named, and keeps others
-- from beginning until the caller's commit.
CREATE FUNCTION wait_for_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  child text;
BEGIN
  FOREACH child IN ARRAY TG_ARGV LOOP
    EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', child);
  END LOOP;
  RETURN NULL;
END
$$;

-- Refuses to take away what is referred to: arguments are its key, then a table
-- and its column, again and again.
CREATE FUNCTION refuse_if_referred() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_referred boolean;
BEGIN
  FOR n IN 1 .. TG_NARGS - 2 BY 2 LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM gone g JOIN %I r ON r.%I = g.%I)', TG_ARGV[n], TG_ARGV[n + 1], TG_ARGV[0]) INTO is_referred;
    IF is_referred THEN
      RAISE foreign_key_violation USING TABLE = TG_TABLE_NAME, CONSTRAINT = TG_ARGV[n] || '_refer',
        MESSAGE = format('a row of %s is still referred to by %s', TG_TABLE_NAME, TG_ARGV[n]);
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER refer_on_insert AFTER INSERT ON conversions REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION conversions_refer();
CREATE TRIGGER refer_on_update AFTER UPDATE ON conversions REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION conversions_refer();
CREATE TRIGGER refer_on_insert AFTER INSERT ON conversion_events REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION conversion_events_refer();
CREATE TRIGGER refer_on_insert AFTER INSERT ON deliveries REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION deliveries_refer();

CREATE TRIGGER refer_for_ever BEFORE UPDATE OF conversion_id ON conversion_events FOR EACH ROW
  WHEN (NEW.conversion_id IS DISTINCT FROM OLD.conversion_id) EXECUTE FUNCTION reference_is_fixed();
CREATE TRIGGER refer_for_ever BEFORE UPDATE OF postback_id ON deliveries FOR EACH ROW
  WHEN (NEW.postback_id IS DISTINCT FROM OLD.postback_id) EXECUTE FUNCTION reference_is_fixed();
-- A window that gathers names the newest of its conversions. No other update of
-- a delivery has to do with this.
CREATE TRIGGER refer_on_change AFTER UPDATE OF conversion_id, event_id ON deliveries FOR EACH ROW
  WHEN ((NEW.conversion_id, NEW.event_id) IS DISTINCT FROM (OLD.conversion_id, OLD.event_id)) EXECUTE FUNCTION delivery_refers();

-- +goose StatementBegin
DO $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT * FROM (VALUES
    ('affiliates', 'id', 'conversions', '{conversions,affiliate_id}'),
    ('sources', 'id', 'conversions', '{conversions,source_id}'),
    ('offers', 'id', 'conversions', '{conversions,offer_id}'),
    ('campaigns', 'id', 'conversions', '{conversions,campaign_id}'),
    ('players', 'id', 'conversions', '{conversions,player_id}'),
    ('goals', 'key', 'conversions', '{conversions,goal}'),
    ('postbacks', 'id', 'deliveries', '{deliveries,postback_id}'),
    ('conversions', 'id', 'conversion_events,deliveries', '{conversion_events,conversion_id,deliveries,conversion_id}'),
    ('conversion_events', 'id', 'deliveries', '{deliveries,event_id}')
  ) AS t(parent, key, children, columns) LOOP
    EXECUTE format('CREATE TRIGGER referred_wait BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION wait_for_references(%s)',
      r.parent, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(string_to_array(r.children, ',')) c));
    EXECUTE format('CREATE TRIGGER referred_still AFTER DELETE ON %I REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_if_referred(%L, %s)',
      r.parent, r.key, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(r.columns::text[]) c));
    EXECUTE format('CREATE TRIGGER referred_by_key BEFORE UPDATE OF %I ON %I FOR EACH ROW WHEN (NEW.%I <> OLD.%I) EXECUTE FUNCTION reference_is_fixed()',
      r.key, r.parent, r.key, r.key);
  END LOOP;
END
$$;
-- +goose StatementEnd
