package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// spent is processor time: it shows where time goes even on a shared machine.
type spent struct{ postgres, own time.Duration }

// cpu returns what PostgreSQL's live processes and this one have spent so far.
func (e *env) cpu() spent {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	s := spent{own: time.Duration(usage.Utime.Nano() + usage.Stime.Nano())}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range found {
		stat, err := os.ReadFile(path) // of /proc
		if err != nil || !strings.Contains(string(stat), "(postgres)") || !e.isOurs(filepath.Dir(path)) {
			continue
		}
		sched, err := os.ReadFile(filepath.Join(filepath.Dir(path), "schedstat"))
		if err != nil {
			continue
		}
		running, _, _ := strings.Cut(string(sched), " ")
		ns, _ := strconv.ParseInt(running, 10, 64)
		s.postgres += time.Duration(ns)
	}
	return s
}

// isOurs reports whether a process works in our server's folder.
func (e *env) isOurs(process string) bool {
	at, err := os.Readlink(filepath.Join(process, "cwd"))
	return err == nil && at == e.data
}

// perEach prints the cost of n things since before, if statements are asked for.
func (e *env) perEach(what string, n int, before spent) {
	if !e.statements {
		return
	}
	after := e.cpu()
	fmt.Fprintf(os.Stderr, "%s: %.1f µs of PostgreSQL and %.1f µs of this process each\n", what,
		float64((after.postgres-before.postgres).Microseconds())/float64(n), float64((after.own-before.own).Microseconds())/float64(n))
}
