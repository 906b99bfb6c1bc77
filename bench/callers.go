package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// callDirectly reports n conversions over as many connections as load does, and returns the
// rate per second. One goroutine writes to and reads from each connection: as frugal as
// pgbench, so that a caller's cost is not counted as Postrider's.
func callDirectly(ctx context.Context, n int, base string, path func(i int) string) (float64, error) {
	at, err := url.Parse(base)
	if err != nil {
		return 0, err
	}
	next := make(chan int, callers)
	errs := make(chan error, callers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var calling sync.WaitGroup
	began := time.Now()
	for range callers {
		calling.Go(func() {
			if err := call(ctx, at.Host, next, path); err != nil {
				errs <- err
				cancel()
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	calling.Wait()
	took := time.Since(began)
	select {
	case err := <-errs:
		return 0, err
	default:
		return float64(n) / took.Seconds(), ctx.Err()
	}
}

// call makes calls over a connection, one after another.
func call(ctx context.Context, host string, next <-chan int, path func(i int) string) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	answers := bufio.NewReader(connection)
	for i := range next {
		if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path(i), host); err != nil {
			return err
		}
		if err := readAnswer(answers); err != nil {
			return fmt.Errorf("%s: %w", path(i), err)
		}
	}
	return nil
}

// readAnswer reads the response to a new conversion.
func readAnswer(answers *bufio.Reader) error {
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("the answer is %d", response.StatusCode)
	}
	return nil
}
