package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"postrider/graph/overhttp"
	"postrider/internal/problem"
)

// operation is an operation that a client of a socket has started.
type operation struct {
	id     string
	ctx    context.Context
	cancel context.CancelFunc
}

// subscribe starts an operation.
func (c *socket) subscribe(m message) {
	params, err := m.operation()
	switch {
	case err != nil:
		c.close(CodeInvalidMessage, err.Error())
		return
	case !c.isOpen:
		c.close(CodeUnauthorized, "connection_init must come before subscribe")
		return
	}
	params.Headers = c.header
	c.mu.Lock()
	_, exists := c.operations[m.ID]
	enough := c.count >= c.limits.Operations
	var op *operation
	if !exists && !enough {
		op = &operation{id: m.ID}
		op.ctx, op.cancel = context.WithCancel(c.numbered.Next(c.ctx))
		c.operations[m.ID] = op
		c.count++
		c.running.Go(func() { c.run(op, params) })
	}
	c.mu.Unlock()
	switch {
	case exists:
		c.close(CodeSubscriberExists, fmt.Sprintf("there is already an operation %q", m.ID))
	case enough:
		c.say(nil, answer{ID: m.ID, Type: typeError, Payload: overhttp.OfRequest(c.ctx, gqlerror.List{overhttp.Error(problem.CodeRateLimited,
			fmt.Sprintf("a socket carries at most %d operations at once: complete one first", c.limits.Operations))})})
	}
}

// complete ends an operation at the client's request.
func (c *socket) complete(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if op := c.operations[id]; op != nil {
		op.cancel()
		delete(c.operations, id)
	}
}

// endOperations ends all operations, and returns those that were in flight.
func (c *socket) endOperations() map[string]*operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := c.operations
	c.operations = map[string]*operation{}
	for _, op := range ended {
		op.cancel()
	}
	return ended
}

// forget releases the slot of an operation whose work has ended. One that was ended from outside
// stays among the operations until its client has got the reason.
func (c *socket) forget(op *operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count--
	c.drop(op)
	op.cancel()
}

// drop frees the id of an operation, unless it was ended from outside.
func (c *socket) drop(op *operation) (dropped bool) {
	if op.ctx.Err() != nil || c.operations[op.id] != op {
		return false
	}
	delete(c.operations, op.id)
	return true
}

// run runs an operation until it ends, or is ended.
func (c *socket) run(op *operation, params *graphql.RawParams) {
	defer c.forget(op)
	ctx := graphql.StartOperationTrace(op.ctx)
	defer func() {
		if fault := recover(); fault != nil {
			fault := gqlerror.WrapIfUnwrapped(problem.Internal(nil, "panic: %v", fault))
			c.fail(op, c.exec.DispatchError(ctx, gqlerror.List{fault}).Errors)
		}
	}()
	params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	oc, errs := c.exec.CreateOperationContext(ctx, params)
	if errs != nil {
		c.fail(op, c.exec.DispatchError(graphql.WithOperationContext(ctx, oc), errs).Errors)
		return
	}
	responses, ctx := c.exec.DispatchOperation(ctx, oc)
	for first := true; ; first = false {
		res := responses(ctx)
		if res == nil {
			break
		}
		if first && failed(res) && oc.Operation.Operation == ast.Subscription {
			c.fail(op, res.Errors)
			return
		}
		if !c.say(op, answer{ID: op.id, Type: typeNext, Payload: overhttp.Written(res)}) {
			return
		}
	}
	c.finish(op, answer{ID: op.id, Type: typeComplete})
}

// fail sends the errors of an operation that could not start.
func (c *socket) fail(op *operation, errs gqlerror.List) {
	c.finish(op, answer{ID: op.id, Type: typeError, Payload: overhttp.OfRequest(op.ctx, errs)})
}

// finish sends the last message of an operation. Its id is free from here on: a client that has
// read the message may reuse it.
func (c *socket) finish(op *operation, last answer) {
	c.mu.Lock()
	dropped := c.drop(op)
	c.mu.Unlock()
	if dropped {
		c.say(op, last)
	}
}

// say writes a message, unless its operation was ended meanwhile.
func (c *socket) say(op *operation, a answer) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	if op != nil && op.ctx.Err() != nil {
		return false
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(c.limits.WriteTimeout))
	err := c.ws.WriteJSON(a)
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		_ = c.ws.Close() // the reading goroutine gets the error
	}
	return err == nil
}
