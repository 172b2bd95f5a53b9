package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Call is one request as it was made. Tokens are never in it.
type Call struct {
	At       time.Time
	Method   string
	URL      string // whole address
	Status   int    // 0 when there was no answer
	Duration time.Duration
	Err      string // why there was no answer, or the API's message
	// RequestID is the server's X-Request-Id.
	RequestID   string
	RequestBody []byte // at most 16 KiB
	Bytes       int    // of the answer's body
	Body        []byte // of an answer that says no, at most 16 KiB
	// Open tells that there is no answer yet: what it would say is missing.
	Open       bool
	authorized bool
}

// How many calls of each sort are kept.
const (
	mostReads   = 300
	mostFailed  = 100
	mostChanges = 100
)

const callBodyCap = 16 << 10

// Curl is a command line that sends the same request. A bearer token is named
// as the variable $DREY_TOKEN, not shown.
func (c Call) Curl() string {
	var b strings.Builder
	b.WriteString("curl -sS")
	if c.Method != "GET" {
		b.WriteString(" -X " + c.Method)
	}
	if c.authorized {
		b.WriteString(` -H "Authorization: Bearer $DREY_TOKEN"`)
	}
	if len(c.RequestBody) > 0 {
		b.WriteString(" -H 'Content-Type: application/json' --data " + shellQuote(string(c.RequestBody)))
	}
	b.WriteString(" " + shellQuote(c.URL))
	return b.String()
}

// Curl is a command line that reads what is at a path of the server. A token is named
// as a variable, not shown.
func (c *Client) Curl(path string) string {
	return Call{Method: http.MethodGet, URL: c.base + path, authorized: c.creds.authorized()}.Curl()
}

// Line is the call as one line for lists: GET /path 200 12ms.
func (c Call) Line() string {
	return fmt.Sprintf("%s %s %d %dms", c.Method, c.URL, c.Status, c.Duration.Milliseconds())
}

func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// CallLog keeps the newest calls: reads that are made again and again push out no change,
// and no failure. The zero value is ready.
type CallLog struct {
	mu sync.Mutex
	// The newest of reads that went well, of those that failed, and of changes.
	reads, failed, changes callRing
	open                   []*Call
}

// callRing keeps the newest calls of those that were added.
type callRing struct {
	calls []Call
	added int
}

// add puts a call in place of the oldest one of so many.
func (r *callRing) add(c Call, most int) {
	if len(r.calls) < most {
		r.calls = append(r.calls, c)
	} else {
		r.calls[r.added%most] = c
	}
	r.added++
}

// All are the calls without an answer yet and those of Snapshot, each newest first.
func (l *CallLog) All() []Call {
	done := l.Snapshot()
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Call, 0, len(l.open)+len(done))
	for i := len(l.open) - 1; i >= 0; i-- {
		all = append(all, *l.open[i])
	}
	return append(all, done...)
}

// begin lists a call that leaves; it is listed until the function given is called.
func (l *CallLog) begin(c Call) (end func()) {
	c.Open = true
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = append(l.open, &c)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open = slices.DeleteFunc(l.open, func(o *Call) bool { return o == &c })
	}
}

// Snapshot is a copy of the newest 500 calls at most, newest first.
func (l *CallLog) Snapshot() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Concat(l.reads.calls, l.failed.calls, l.changes.calls)
	slices.SortStableFunc(out, func(a, b Call) int { return b.At.Compare(a.At) })
	return out
}

func (l *CallLog) add(c Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.Method != http.MethodGet:
		l.changes.add(c, mostChanges)
	case c.Err != "" || c.Status >= http.StatusBadRequest:
		l.failed.add(c, mostFailed)
	default:
		l.reads.add(c, mostReads)
	}
}
