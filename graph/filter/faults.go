package filter

import (
	"errors"
	"strconv"
	"time"

	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// faults are what is wrong with a filter. The zero value is a filter without any.
type faults []error

// keys converts global ids of one kind into keys. One that is well-formed but nobody's is no fault:
// it matches nothing, whether there is no such object or the viewer may not see it.
func (f *faults) keys(kind, field string, ids []string) []int64 {
	found := make([]int64, len(ids))
	for i, id := range ids {
		key, ok := globalid.IntOf(kind, id)
		if !ok {
			f.add(globalid.Refusal(kind, field+"."+strconv.Itoa(i), id))
		}
		found[i] = key
	}
	return found
}

// period notes a period that ends before it begins.
func (f *faults) period(from, to *time.Time) {
	if from != nil && to != nil && from.After(*to) {
		f.add(problem.Invalid("from", "%s is after `to`, %s: swap them", from.Format(time.RFC3339), to.Format(time.RFC3339)))
	}
}

// codes notes status codes of which the last is below the first.
func (f *faults) codes(from, to *int) {
	if from != nil && to != nil && *from > *to {
		f.add(problem.Invalid("statusCodeFrom", "%d is above `statusCodeTo`, %d: swap them", *from, *to))
	}
}

func (f *faults) add(p *problem.Error) { *f = append(*f, p.At("filter")) }

func (f *faults) err() error { return errors.Join(*f...) }
