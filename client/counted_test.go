package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/urgency"
)

// pipes is a listener whose connections stay in this process, so that time can
// be made to pass around them.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p.accept <- far
	return near, nil
}

// TestCountedRequestsOfManyEnvironments polls a list in each of 3, 50 and 400
// environments every two seconds for two minutes, and what a person asks for
// now and then, and counts what reaches the server.
func TestCountedRequestsOfManyEnvironments(t *testing.T) {
	for _, environments := range []int{3, 50, 400} {
		t.Run(fmt.Sprint(environments), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var polls, asked atomic.Int64
				l := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
				server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/asked" {
						asked.Add(1)
					} else {
						polls.Add(1)
					}
					w.Header().Set("ETag", `"1"`)
					if r.Header.Get("If-None-Match") != "" {
						w.WriteHeader(http.StatusNotModified)
						return
					}
					_, _ = w.Write([]byte(`[]`))
				})}
				var group sync.WaitGroup
				group.Go(func() { _ = server.Serve(l) })
				c, err := New(Config{URL: "http://pipe"})
				if err != nil {
					t.Fatal(err)
				}
				c.creds.transport.DialContext = l.dial
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				for i := range environments {
					poll := NewPoll[struct{}](c, fmt.Sprintf("/environments/%d/applications", i), nil)
					group.Go(func() {
						for ctx.Err() == nil {
							_, _, _ = poll.Next(urgency.With(ctx, urgency.Shown)) // cancelled at the end
							time.Sleep(2 * time.Second)
						}
					})
				}
				slowest := time.Duration(0)
				for range 10 {
					time.Sleep(11 * time.Second)
					began := time.Now()
					if _, err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/asked"}); err != nil {
						t.Error(err)
					}
					slowest = max(slowest, time.Since(began))
				}
				<-ctx.Done()
				cancel()
				c.Close()
				_ = server.Close()
				group.Wait()
				all := polls.Load() + asked.Load()
				t.Logf("%d environments: %d requests in two minutes", environments, all)
				if all > 120*idleRate+idleBurst+maxDebt || asked.Load() != 10 || slowest != 0 {
					t.Errorf("%d requests, %d asked for, the slowest after %v", all, asked.Load(), slowest)
				}
				if least := int64(min(environments*60, 120*idleRate) * 9 / 10); all < least {
					t.Errorf("only %d requests, want %d", all, least)
				}
			})
		})
	}
}
