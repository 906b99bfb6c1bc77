// Command bench measures Postrider against its peers and its limits, in one run
// on one machine, and prints one table: each figure is a ratio, because absolute
// times mean nothing from one machine to the next.
//
//	go run ./bench            every row, three times, the median; writes bench/RESULTS.md
//	go run ./bench -quick     every row once, smaller; writes nothing
//	go run ./bench -only name rows whose name contains it
//	go run ./bench -statements what PostgreSQL's time went to, after each row
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
)

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "each row once, and smaller")
	flag.StringVar(&o.only, "only", "", "only rows whose name contains this")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile to this file")
	flag.BoolVar(&o.statements, "statements", false, "after each row, the statements that took PostgreSQL's time")
	child := flag.String("child", "", "used by bench itself: deliver from this database, and say how much memory that takes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child != "" {
		if err := runChild(ctx, *child); err != nil {
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
	only    string
	profile string

	statements bool
}

// row is one line of the table.
type row struct {
	name    string
	against string
	goal    goal
	measure func(ctx context.Context, e *env) (figures, error)
}

// figures is one measurement of a row: ours and the peer's, in the same unit.
type figures struct {
	ours, peer float64
	unit       string
}

// goal is what a ratio of ours to the peer's must be.
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

func rows() []row {
	return []row{
		{"deliveries/s, full path", "a hand-made SKIP LOCKED queue", goal{atLeast: 0.6}, deliveriesAgainstSkipLocked},
		{"deliveries/s, full path", "River jobs that do nothing", goal{atLeast: 0.2}, deliveriesAgainstNoop},
		{"accepted → sink, idle, p99", "plain River", goal{below: 2}, latencyAgainstRiver},
		{"accepted → sink, idle, p99", "50 ms", goal{below: 1}, latencyAgainstLimit},
		{"clicks/s, committed", "bare net/http redirects", goal{atLeast: 0.35}, clicksAgainstRedirects},
		{"conversions/s, one delivery each", "pgbench single-row inserts", goal{atLeast: 0.5}, conversionsAgainstPgbench},
		{"healthy p95 beside a hanging endpoint, 500,000 waiting", "without it", goal{below: 2}, healthyBesideHanging},
		{"live p99 beside a bulk replay of 100,000", "without it", goal{below: 2}, liveBesideReplay},
		{"resident memory, 1,000,000 waiting", "150 MB", goal{below: 1}, memoryWithWaiting},
		{"one delivery, 1,000,000 waiting elsewhere", "none waiting", goal{}, besideWaiting},
		{"one delivery after 10,000,000", "the first", goal{below: 1.3}, laterCost},
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
	times := 3
	if o.quick {
		times = 1
	}
	var done []measured
	for _, r := range rows() {
		if !strings.Contains(r.name+" "+r.against, o.only) {
			continue
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
		return missed, writeResults(table)
	}
	return missed, nil
}
