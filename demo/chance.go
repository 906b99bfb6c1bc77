package demo

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gofrs/uuid/v5"
)

// weighted is a choice and its weight.
type weighted struct {
	value  string
	weight float64
}

func choose(r *rand.Rand, choices []weighted) string {
	total := 0.0
	for _, c := range choices {
		total += c.weight
	}
	at := r.Float64() * total
	for _, c := range choices {
		if at -= c.weight; at < 0 {
			return c.value
		}
	}
	return choices[len(choices)-1].value
}

func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func happens(r *rand.Rand, probability float64) bool { return r.Float64() < probability }

// around returns a log-normal value: half of the values are below the median, and a few far
// above it.
func around(r *rand.Rand, median, spread float64) float64 {
	return median * math.Exp(spread*r.NormFloat64())
}

// after returns a log-normal delay, to the microsecond that PostgreSQL stores.
func after(r *rand.Rand, median time.Duration, spread float64) time.Duration {
	return time.Duration(around(r, float64(median), spread)).Truncate(time.Microsecond)
}

// factID returns a UUIDv7 of a time.
func factID(r *rand.Rand, at time.Time) uuid.UUID {
	var id uuid.UUID
	milliseconds := uint64(at.UnixMilli())
	binary.BigEndian.PutUint64(id[:8], milliseconds<<16|r.Uint64()&0x0FFF|0x7000)
	binary.BigEndian.PutUint64(id[8:], r.Uint64()&0x3FFF_FFFF_FFFF_FFFF|0x8000_0000_0000_0000)
	return id
}

// rhythm distributes times as people click: more in the evening, more at the weekend, and a
// little more every day.
type rhythm struct {
	hours []time.Time
	sums  []float64
	end   time.Time
}

// ofDay is the weight of each hour, UTC.
var ofDay = [24]float64{3.1, 1.9, 1.2, .8, .7, .8, 1.2, 1.9, 2.6, 3.1, 3.5, 3.9, 4.3, 4.2, 4.1, 4.3, 4.9, 5.9, 7.1, 8.2, 8.6, 7.8, 6.1, 4.4}

// ofWeek is the weight of each day, from Sunday.
var ofWeek = [7]float64{1.32, .88, .86, .93, .97, 1.12, 1.36}

func newRhythm(start, end time.Time) rhythm {
	m := rhythm{end: end}
	sum := 0.0
	for hour := start.Truncate(time.Hour); hour.Before(end); hour = hour.Add(time.Hour) {
		weight := ofDay[hour.Hour()] * ofWeek[hour.Weekday()] * (1 + .35*float64(hour.Sub(start))/float64(end.Sub(start)))
		if left := end.Sub(hour); left < time.Hour {
			weight *= float64(left) / float64(time.Hour)
		}
		sum += weight
		m.hours, m.sums = append(m.hours, hour), append(m.sums, sum)
	}
	return m
}

// moment returns the time of one click.
func (m rhythm) moment(r *rand.Rand) time.Time {
	at := r.Float64() * m.sums[len(m.sums)-1]
	low, high := 0, len(m.sums)-1
	for low < high {
		middle := (low + high) / 2
		if m.sums[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	span := min(time.Hour, m.end.Sub(m.hours[low]))
	return m.hours[low].Add(time.Duration(r.Int64N(int64(span)))).Truncate(time.Microsecond)
}
