package installation

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// lookEvery is the polling interval, for changes that are not announced.
const lookEvery = 5 * time.Second

// WatchConfig is what a Watch needs.
type WatchConfig struct {
	DB      *sql.DB
	Setting bool // POSTRIDER_HOLD: this process holds whatever the database has, and puts the installation on hold
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil for none
	Changed func()                // called when a hold has begun or ended; may be nil
}

// Watch keeps track of whether the installation is on hold.
type Watch struct {
	WatchConfig

	hold atomic.Pointer[Hold]
	look chan struct{}

	mu   sync.Mutex
	seen cluster // where the database was at the last read
}

// NewWatch compares where the database is with what is stored, and puts the installation on hold
// if they differ. The hold is known when it returns; Run keeps it up to date.
func NewWatch(ctx context.Context, cfg WatchConfig) (*Watch, error) {
	w := &Watch{WatchConfig: cfg, look: make(chan struct{}, 1)}
	w.hold.Store(&Hold{})
	if err := w.refresh(ctx); err != nil {
		return nil, err
	}
	if cfg.Metrics != nil {
		cfg.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "postrider_hold", Help: "1 while nothing leaves to trackers (postrider hold), else 0.",
		}, func() float64 {
			if w.On() {
				return 1
			}
			return 0
		}))
	}
	return w, nil
}

// Hold returns the hold as last read.
func (w *Watch) Hold() Hold { return *w.hold.Load() }

// On reports whether nothing may be sent.
func (w *Watch) On() bool { return w.Setting || w.Hold().On() }

// Look makes Run read the database soon: something was announced.
func (w *Watch) Look() {
	select {
	case w.look <- struct{}{}:
	default:
	}
}

// Run keeps the hold up to date until ctx is done. While the database does not answer, the last
// known state stays.
func (w *Watch) Run(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-w.look:
		}
		if err := w.refresh(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "looking whether the installation is on hold", "error", err)
		}
	}
}

// refresh reads the hold from the database.
func (w *Watch) refresh(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.Setting {
		if err := w.assert(ctx); err != nil {
			return err
		}
	}
	here, err := readCluster(ctx, w.DB)
	if err != nil {
		return err
	}
	if here.follows(w.seen) {
		if err := w.follow(ctx, here); err != nil {
			return err
		}
	}
	known, err := settle(ctx, w.DB, here)
	if err != nil {
		return err
	}
	w.seen = here
	w.say(ctx, known.hold)
	return nil
}

// assert puts the installation on hold because of the setting, and records that a process with the
// setting is running.
func (w *Watch) assert(ctx context.Context) error {
	_, err := w.DB.ExecContext(ctx, `UPDATE installation SET setting_until = now() + $1::interval`, settingFor)
	if err != nil {
		return err
	}
	return Begin(ctx, w.DB, Setting, "POSTRIDER_HOLD")
}

// follow stores that the database was promoted while this process was connected: it was before and
// is now, and the WAL continues where it was. That is a failover, not a copy.
func (w *Watch) follow(ctx context.Context, here cluster) error {
	result, err := w.DB.ExecContext(ctx, `UPDATE installation SET timeline = $2 WHERE timeline = $1`, w.seen.timeline, here.timeline)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err == nil && n > 0 {
		w.Log.WarnContext(ctx, "the database was promoted while this process ran; deliveries go on", "timeline_before", w.seen.timeline, "timeline", here.timeline)
	}
	return nil
}

// say logs a hold that has begun or ended.
func (w *Watch) say(ctx context.Context, hold Hold) {
	was := w.hold.Swap(&hold)
	switch {
	case hold.On() == was.On() && hold.Reason == was.Reason:
		return
	case hold.On():
		w.Log.WarnContext(ctx, "on hold: nothing leaves to trackers; postrider resume ends it", "reason", hold.Reason, "since", hold.Since, "note", hold.Note)
	default:
		w.Log.InfoContext(ctx, "resumed: what waits goes out")
	}
	if w.Changed != nil {
		w.Changed()
	}
}
