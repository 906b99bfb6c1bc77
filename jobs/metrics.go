package jobs

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postrider/dispatch"
	"postrider/outbox"
)

// metrics holds the engine's Prometheus metrics.
type metrics struct {
	attempts  *prometheus.CounterVec
	exchange  prometheus.Histogram
	delivered prometheus.Histogram
	flushRows prometheus.Histogram
	flushTime prometheus.Histogram
	parkings  *prometheus.CounterVec
	promotion prometheus.Counter
	handovers prometheus.Counter
	circuits  *prometheus.CounterVec
}

func newMetrics(register prometheus.Registerer) *metrics {
	m := &metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postrider_delivery_attempts_total", Help: "Attempts by result.",
		}, []string{"state", "reason"}),
		exchange: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "postrider_delivery_exchange_seconds", Help: "How long an exchange with a tracker took.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 15),
		}),
		delivered: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "postrider_delivery_latency_seconds", Help: "From recorded to delivered.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 28),
		}),
		flushRows: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "postrider_writer_flush_rows", Help: "Attempts that shared one commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 10),
		}),
		flushTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "postrider_writer_flush_seconds", Help: "How long a commit of attempts took.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
		parkings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postrider_delivery_parkings_total", Help: "Due deliveries that got no permit of their endpoint, by reason.",
		}, []string{"because"}),
		promotion: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "postrider_deliveries_promoted_total", Help: "Deliveries that were moved from the table into River.",
		}),
		handovers: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "postrider_deliveries_handed_over_total", Help: "Deliveries that were claimed as they were recorded, and went out without a queue between.",
		}),
		circuits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postrider_circuit_changes_total", Help: "Changes of circuits, by new state.",
		}, []string{"state"}),
	}
	if register != nil {
		register.MustRegister(m.attempts, m.exchange, m.delivered, m.flushRows, m.flushTime, m.parkings, m.promotion, m.handovers, m.circuits)
	}
	return m
}

func (m *metrics) attempt(r *outbox.Result, recordedAt time.Time) {
	m.attempts.WithLabelValues(string(r.State), string(r.Outcome.AttemptReason)).Inc()
	m.exchange.Observe(r.Exchange.Duration.Seconds())
	if r.State == outbox.Delivered {
		m.delivered.Observe(r.At.Sub(recordedAt).Seconds())
	}
}

func (m *metrics) flush(rows int, took time.Duration) {
	m.flushRows.Observe(float64(rows))
	m.flushTime.Observe(took.Seconds())
}

func (m *metrics) parked(a admission, deliveries int) {
	because := "full"
	switch a {
	case held:
		because = "circuit_open"
	case onHold:
		because = "on_hold"
	}
	m.parkings.WithLabelValues(because).Add(float64(deliveries))
}

func (m *metrics) promoted(n int) { m.promotion.Add(float64(n)) }

func (m *metrics) handedOver(n int) { m.handovers.Add(float64(n)) }

func (m *metrics) circuit(state dispatch.CircuitState) {
	m.circuits.WithLabelValues(string(state)).Inc()
}
