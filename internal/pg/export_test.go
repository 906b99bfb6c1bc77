package pg

import "time"

// Start is the first moment of the month.
func (m Month) Start() time.Time { return m.start }
