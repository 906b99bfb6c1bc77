package dispatch

import (
	"net"
	"testing"
)

// quickPeer answers before Write returns.
type quickPeer struct {
	net.Conn
	answered func()
}

func (c quickPeer) Write(b []byte) (int, error) {
	c.answered()
	return len(b), nil
}

func TestARequestCountsAsSentBeforeItsAnswerCanBeThere(t *testing.T) {
	t.Parallel()
	conn := &countingConn{}
	w := watch{conn: conn}
	var sent bool
	conn.Conn = quickPeer{answered: func() { sent = w.sent() }}
	if _, err := conn.Write([]byte("GET / HTTP/1.1")); err != nil || !sent {
		t.Errorf("sent %t, %v", sent, err)
	}
}
