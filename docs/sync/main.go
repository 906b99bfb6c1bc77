// Command sync keeps a copy of all conversions and deliveries that a token may read, in one JSON
// file. It may be stopped at any time and goes on where it was: docs/changes.md explains how.
//
//	go run ./docs/sync -url https://… -token … -file copy.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// A list is one kind of object: its list, its feed of changes, and the fields to keep.
type list struct{ Name, Changes, Object, Fields string }

var lists = []list{
	{"conversions", "conversionChanges", "conversion", "id status transactionId playerId amount { amount currency } payout { amount currency } updatedAt"},
	{"deliveries", "deliveryChanges", "delivery", "id state status statusCode attemptCount"},
}

// A state is the copy of a list, and how far it is.
type state struct {
	Cursor string                     `json:"cursor"` // of the changes; empty before the first listing
	Listed string                     `json:"listed"` // the last cursor of the listing; empty once it is done
	Done   bool                       `json:"done"`   // whether everything was listed
	Rows   map[string]json.RawMessage `json:"rows"`
}

type client struct{ url, token, file string }

var errStale = errors.New("the cursor is stale")

func main() {
	var c client
	flag.StringVar(&c.url, "url", "http://localhost:8080", "the installation")
	flag.StringVar(&c.token, "token", os.Getenv("POSTRIDER_TOKEN"), "an API token with the scope read")
	flag.StringVar(&c.file, "file", "copy.json", "where the copy is kept")
	once := flag.Bool("once", false, "end when nothing is left to read")
	flag.Parse()
	for pause := time.Second; ; {
		more, err := c.step(context.Background())
		switch {
		case err != nil:
			fmt.Fprintf(os.Stderr, "%v; trying again in %s\n", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, time.Minute)
		case more:
			pause = time.Second
		case *once:
			return
		default:
			time.Sleep(time.Second)
		}
	}
}

// step reads one page of each list and saves the copy; more says whether there is more to read now.
func (c client) step(ctx context.Context) (more bool, err error) {
	all := map[string]*state{}
	if text, err := os.ReadFile(c.file); err == nil {
		if err := json.Unmarshal(text, &all); err != nil {
			return false, fmt.Errorf("reading %s: %w", c.file, err)
		}
	}
	for _, l := range lists {
		s := all[l.Name]
		if s == nil {
			s = &state{Rows: map[string]json.RawMessage{}}
			all[l.Name] = s
		}
		further, err := c.page(ctx, l, s)
		if errors.Is(err, errStale) {
			all[l.Name] = &state{Rows: map[string]json.RawMessage{}} // begin anew
			further, err = true, nil
		}
		if err != nil {
			return false, err
		}
		more = more || further
	}
	return more, c.save(all)
}

// page reads the next page: first where the changes begin, then the list as it is, then the changes.
func (c client) page(ctx context.Context, l list, s *state) (more bool, err error) {
	query, variables := fmt.Sprintf(`query($after: String) { page: %s(first: 100, after: $after) { edges { node { %s { %s } } } pageInfo { hasNextPage endCursor } } }`,
		l.Changes, l.Object, l.Fields), map[string]any{"after": s.Cursor}
	switch {
	case s.Cursor == "":
		query, variables = fmt.Sprintf(`{ page: %s(start: NEWEST) { edges { node { at } } pageInfo { hasNextPage endCursor } } }`, l.Changes), nil
	case !s.Done:
		query = fmt.Sprintf(`query($after: String) { page: %s(first: 100, after: $after) { edges { node { %s } } pageInfo { hasNextPage endCursor } } }`, l.Name, l.Fields)
		variables["after"] = nil
		if s.Listed != "" {
			variables["after"] = s.Listed
		}
	}
	var answer struct {
		Page struct {
			Edges    []struct{ Node json.RawMessage }
			PageInfo struct {
				HasNextPage bool
				EndCursor   *string
			}
		}
	}
	if err := c.ask(ctx, query, variables, &answer); err != nil {
		return false, fmt.Errorf("reading %s: %w", l.Name, err)
	}
	p := answer.Page
	switch {
	case s.Cursor == "":
		s.Cursor = *p.PageInfo.EndCursor
		return true, nil
	case !s.Done:
		for _, edge := range p.Edges {
			if err := s.keep(edge.Node); err != nil {
				return false, err
			}
		}
		s.Done = !p.PageInfo.HasNextPage
		if p.PageInfo.EndCursor != nil {
			s.Listed = *p.PageInfo.EndCursor
		}
		return true, nil
	}
	for _, edge := range p.Edges {
		var change map[string]json.RawMessage
		if err := json.Unmarshal(edge.Node, &change); err != nil {
			return false, err
		}
		if err := s.keep(change[l.Object]); err != nil {
			return false, err
		}
	}
	s.Cursor = *p.PageInfo.EndCursor
	return p.PageInfo.HasNextPage, nil
}

func (s *state) keep(row json.RawMessage) error {
	var object struct{ ID string }
	if err := json.Unmarshal(row, &object); err != nil {
		return err
	}
	s.Rows[object.ID] = row
	return nil
}

// ask sends an operation. An error of the API is returned with its code.
func (c client) ask(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("%s: %w", res.Status, err)
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		if e.Extensions.Code == "STALE_CURSOR" {
			return errStale
		}
		return fmt.Errorf("%s (%s)", e.Message, e.Extensions.Code)
	}
	return json.Unmarshal(answer.Data, into)
}

// save replaces the file in one step, so that a copy and its cursors always belong together.
func (c client) save(all map[string]*state) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.file+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(c.file+".new", c.file)
}
