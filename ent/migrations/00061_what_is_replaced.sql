-- +goose Up

-- What came of a report or a clash is found when another conversion stands in its place.
CREATE INDEX unmapped_reports_conversion_id ON unmapped_reports (conversion_id) WHERE conversion_id IS NOT NULL;
CREATE INDEX clashes_recorded_id ON clashes (recorded_id) WHERE recorded_id IS NOT NULL;

CREATE TEMPORARY TABLE stands ON COMMIT DROP AS
  WITH RECURSIVE chain AS (
    SELECT id, replaced_by FROM conversions WHERE replaced_by IS NOT NULL
    UNION ALL
    SELECT c.id, n.replaced_by FROM chain c JOIN conversions n ON n.id = c.replaced_by WHERE n.replaced_by IS NOT NULL)
  SELECT DISTINCT ON (id) id, replaced_by FROM chain c
  WHERE NOT EXISTS (SELECT FROM conversions n WHERE n.id = c.replaced_by AND n.replaced_by IS NOT NULL);
UPDATE unmapped_reports r SET conversion_id = s.replaced_by FROM stands s WHERE s.id = r.conversion_id;
UPDATE clashes x SET recorded_id = s.replaced_by FROM stands s WHERE s.id = x.recorded_id;
UPDATE clashes x SET conversion_id = s.replaced_by FROM stands s
WHERE s.id = x.conversion_id AND NOT EXISTS (SELECT FROM clashes o WHERE o.conversion_id = s.replaced_by AND o.key = x.key);
UPDATE conversions a SET apart_from = s.replaced_by FROM stands s WHERE s.id = a.apart_from;
