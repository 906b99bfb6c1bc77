// Command bench measures Postrider against its peers and its limits, in one run
// on one machine, and prints one table: each figure is a ratio, because absolute
// times mean nothing from one machine to the next.
//
//	go run ./bench            every row, three times, the median (once where filling takes long); writes bench/RESULTS.md
//	go run ./bench -quick     every row once, smaller; writes nothing
//	go run ./bench -only name rows whose name contains it
//	go run ./bench -statements what PostgreSQL's time went to, after each row
//	go run ./bench -phases    where the time from a call to the tracker went
//
// It exits with 1 where a goal is missed. The peers are in this folder too: a
// hand-made queue over SKIP LOCKED, River with jobs that do nothing, plain River
// delivery, bare redirects, and pgbench.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"postrider/internal/heap"
)

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "each row once, and smaller")
	flag.StringVar(&o.only, "only", "", "only rows whose name contains this")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile to this file")
	flag.BoolVar(&o.statements, "statements", false, "after each row, the statements that took PostgreSQL's time")
	flag.BoolVar(&o.phases, "phases", false, "where the time from the operator's call to the tracker went")
	flag.BoolVar(&o.long, "long", false, "the ten-millionth delivery instead of the two-millionth")
	child := flag.String("child", "", "used by bench itself: deliver from this database, and say how much memory that takes")
	worker := flag.String("work", "", "used by bench itself: deliver from this database")
	flag.Parse()
	heap.Tune() // as the program does
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child != "" {
		if err := runChild(ctx, *child); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
		return
	}
	if *worker != "" {
		if err := runWorker(ctx, *worker); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
		return
	}
	missed, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if missed > 0 {
		fmt.Printf("\n%d goals are missed.\n", missed)
		os.Exit(1)
	}
}

type options struct {
	quick   bool
	long    bool
	only    string
	profile string

	statements bool
	phases     bool
}

// row is one line of the table.
type row struct {
	name    string
	against string
	goal    goal
	measure func(ctx context.Context, e *env) (figures, error)
	heavy   bool // filling the tables takes so long that it runs once
}

// figures is one measurement of a row: ours and the peer's, in the same unit.
type figures struct {
	ours, peer float64
	unit       string
}

// goal is what the ratio of ours to the peer's must be.
type goal struct {
	atLeast float64 // zero: not asked
	below   float64
}

func (g goal) met(ratio float64) bool {
	return (g.atLeast == 0 || ratio >= g.atLeast) && (g.below == 0 || ratio < g.below)
}

func (g goal) String() string {
	if g == (goal{}) {
		return "-"
	}
	if g.atLeast > 0 {
		return fmt.Sprintf("≥ %.2f", g.atLeast)
	}
	return fmt.Sprintf("< %.2f", g.below)
}

func rows(o options) []row {
	after := "2,000,000"
	if o.long {
		after = "10,000,000"
	}
	return []row{
		{"deliveries/s, full path", "a hand-made SKIP LOCKED queue", goal{atLeast: 0.6}, deliveriesAgainstSkipLocked, false},
		{"deliveries/s, full path", "River jobs that do nothing", goal{atLeast: 0.2}, deliveriesAgainstNoop, false},
		{"accepted → sink, idle, p99", "plain River", goal{below: 2}, latencyAgainstRiver, false},
		{"accepted → sink, idle, p99", "50 ms", goal{below: 1}, latencyAgainstLimit, false},
		{"clicks/s, committed", "bare net/http redirects", goal{atLeast: 0.35}, clicksAgainstRedirects, false},
		{"conversions/s, one delivery each", "pgbench single-row inserts", goal{atLeast: 0.5}, conversionsAgainstPgbench, false},
		{"last event after a kill -9", "5 s", goal{below: 1}, lastAfterKill, false},
		{"processor at rest, with PostgreSQL", "1 % of a core", goal{below: 1}, atRest, false},
		{"p99 of 200 signed calls/s beside 1,000 clicks/s", "20 signed calls/s alone", goal{below: 3}, signedBesideClicks, true},
		{"worst hostile document", "250 ms", goal{below: 1}, worstHostileDocument, false},
		{"clicks' p95 beside hostile documents", "alone", goal{below: 2}, clicksBesideHostile, true},
		{"healthy p95 beside a hanging endpoint, 500,000 waiting", "without it", goal{below: 2}, healthyBesideHanging, true},
		{"live p99 beside a bulk replay of 100,000", "without it", goal{below: 2}, liveBesideReplay, true},
		{"resident memory, 1,000,000 waiting", "150 MB", goal{below: 1}, memoryWithWaiting, true},
		{"one delivery after " + after, "the first", goal{below: 1.3}, laterCost, true},
		{"one delivery, 1,000,000 waiting elsewhere", "none waiting", goal{}, besideWaiting, true},
		{"one delivery, 10,000 endpoints", "1 endpoint", goal{}, overEndpoints, true},
		{"one delivery, 1,000 subscribers", "1 subscriber", goal{}, withSubscribers, true},
		{"one delivery, 4 worker processes", "1 worker process", goal{}, overProcesses, true},
	}
}

func run(ctx context.Context, o options) (missed int, err error) {
	e, err := newEnv(ctx, o)
	if err != nil {
		return 0, err
	}
	defer e.close()
	stop, err := profile(o.profile)
	if err != nil {
		return 0, err
	}
	defer stop()
	var done []measured
	for _, r := range rows(o) {
		if !strings.Contains(r.name+" "+r.against, o.only) {
			continue
		}
		times := 3
		if o.quick || r.heavy {
			times = 1
		}
		m, err := measureRow(ctx, e, r, times)
		if err == nil {
			err = e.printStatements(ctx, os.Stderr)
		}
		if err != nil {
			return missed, fmt.Errorf("%s against %s: %w", r.name, r.against, err)
		}
		if !r.goal.met(m.ratio) {
			missed++
		}
		fmt.Fprintln(os.Stderr, m)
		done = append(done, m)
	}
	table := printTable(done)
	fmt.Print(table)
	if !o.quick && o.only == "" {
		return missed, e.writeResults(ctx, table, missed)
	}
	return missed, nil
}
