package intake_test

import (
	"os"
	"regexp"
	"testing"

	"postrider/pgtest"
)

var reads = regexp.MustCompile(`(?:FROM|JOIN) ([a-z_]+) [a-z]{1,3}\b|FROM ([a-z_]+) WHERE`)

// What the catalog keeps in memory is read from tables that announce their changes to every node. A
// table without the trigger would be noticed on the node alone that changed it.
func TestWhatIsKeptInMemoryAnnouncesItsChanges(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("load.go")
	if err != nil {
		t.Fatal(err)
	}
	d := pgtest.New(t)
	tables := map[string]bool{}
	for _, match := range reads.FindAllStringSubmatch(string(source), -1) {
		tables[match[1]+match[2]] = true
	}
	delete(tables, "cap_days") // announced where its last place is taken
	for _, needed := range []string{"postbacks", "postback_versions", "trackers", "tracker_campaigns", "tracking_links", "deals", "goals"} {
		if !tables[needed] {
			t.Errorf("load.go does not seem to read %s: %v", needed, tables)
		}
	}
	delete(tables, "postback_versions") // written with their postback, and never changed
	for table := range tables {
		var announced bool
		err := d.SQL.QueryRowContext(t.Context(), `
			SELECT NOT EXISTS (SELECT FROM pg_class WHERE relname = $1 AND relkind IN ('r', 'p'))
			    OR EXISTS (SELECT FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE c.relname = $1 AND g.tgname = 'notify_config')`, table).Scan(&announced)
		if err != nil {
			t.Fatal(err)
		}
		if !announced {
			t.Errorf("%s announces no change", table)
		}
	}
}
