package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"postrider/internal/pg"
)

// measured is a row with its median.
type measured struct {
	row
	figures

	ratio  float64
	spread []float64 // every ratio, sorted
}

// measureRow returns the run whose ratio is the median.
func measureRow(ctx context.Context, e *env, r row, times int) (measured, error) {
	type one struct {
		f     figures
		ratio float64
	}
	var runs []one
	for range times {
		f, err := r.measure(ctx, e)
		if err != nil {
			return measured{}, err
		}
		runs = append(runs, one{f, f.ours / f.peer})
	}
	slices.SortFunc(runs, func(a, b one) int {
		if a.ratio < b.ratio {
			return -1
		}
		return 1
	})
	m := measured{row: r, figures: runs[len(runs)/2].f, ratio: runs[len(runs)/2].ratio}
	for _, one := range runs {
		m.spread = append(m.spread, one.ratio)
	}
	return m, nil
}

// String returns the row as one line.
func (m measured) String() string {
	verdict := "met"
	if !m.goal.met(m.ratio) {
		verdict = "MISSED"
	}
	return fmt.Sprintf("| %s | %s | %.4g | %.4g | %s | %.2f (%.2f to %.2f) | %s | %s |", m.name, m.against, m.ours, m.peer, m.unit,
		m.ratio, m.spread[0], m.spread[len(m.spread)-1], m.goal, verdict)
}

func printTable(rows []measured) string {
	var b strings.Builder
	b.WriteString("| what | against | ours | theirs | unit | ratio (least to most) | goal | |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, m := range rows {
		b.WriteString(m.String() + "\n")
	}
	return b.String()
}

// writeResults writes the table and the machine that it was measured on.
func (e *env) writeResults(ctx context.Context, table string, missed int) error {
	admin, err := pg.OpenSQL(e.server.URL(), 1)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close() }()
	var version string
	if err := admin.QueryRowContext(ctx, "SHOW server_version").Scan(&version); err != nil {
		return err
	}
	verdict := "Every goal is met."
	if missed > 0 {
		verdict = fmt.Sprintf("%d goals are missed: the rows that say MISSED.", missed)
	}
	text := fmt.Sprintf("# Results\n\nMade by `make bench` on %s.\n\n%d cores (%s), %s of memory, %s, PostgreSQL %s with full durability on the same machine.\n\n%s\n\n%s",
		time.Now().UTC().Format("2 January 2006"), runtime.NumCPU(), processor(), memory(), runtime.Version(), version, verdict, table)
	return os.WriteFile("bench/RESULTS.md", []byte(text), 0o644) // meant to be read
}

// memory returns how much the machine has.
func memory() string {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "an unknown amount"
	}
	var kb float64
	if _, err := fmt.Sscanf(string(text), "MemTotal: %f kB", &kb); err != nil {
		return "an unknown amount"
	}
	return fmt.Sprintf("%.0f GB", kb/(1<<20))
}

// processor returns the machine's description of its processor.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return runtime.GOARCH
}

func profile(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	file, err := os.Create(name) // named by the user
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}, nil
}
