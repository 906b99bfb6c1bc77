package pg_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
)

// notification is the first byte of a message that announces something.
const notification = 'A'

// relay lets a client speak with a server, and leaves out what is announced.
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
	for relayMessage(client, upstream) == nil {
	}
	_ = client.Close()
	<-ended
}

// relayMessage takes one message of the server's: its kind, its length, its rest.
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
