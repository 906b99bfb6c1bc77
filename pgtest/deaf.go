package pgtest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Deaf returns the address of a proxy to the database that passes on everything but
// notifications, like a pooler that shares its connections between clients.
func (d *DB) Deaf(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	var conns sync.WaitGroup
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(func() { cancel(); _ = listener.Close(); conns.Wait() })
	conns.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { relay(ctx, client, server) })
		}
	})
	u.Host = listener.Addr().String()
	return u.String()
}

// notification is the type byte of PostgreSQL's NotificationResponse.
const notification = 'A'

// relay connects a client to a server, and leaves out notifications.
func relay(ctx context.Context, client net.Conn, server string) {
	defer client.Close()
	upstream, err := (&net.Dialer{}).DialContext(ctx, "tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	defer context.AfterFunc(ctx, func() { _, _ = client.Close(), upstream.Close() })()
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(upstream, client)
		_ = upstream.Close()
		close(ended)
	}()
	for err == nil {
		err = relayMessage(client, upstream)
	}
	_ = client.Close()
	<-ended
}

// relayMessage relays one message of the server: its type, its length, its content.
func relayMessage(client io.Writer, upstream io.Reader) error {
	head := make([]byte, 5)
	if _, err := io.ReadFull(upstream, head); err != nil {
		return err
	}
	rest := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
	if _, err := io.ReadFull(upstream, rest); err != nil {
		return err
	}
	if head[0] == notification {
		return nil
	}
	_, err := client.Write(append(head, rest...))
	return err
}
