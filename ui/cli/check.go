package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"drey/client"
	"drey/ui/config"
	"drey/views/clean"
)

// checkTimeout is how long each context may take.
const checkTimeout = 3 * time.Second

// checked is what one context answered.
type checked struct {
	context             config.Context
	version, who, crypt string
	clock               time.Duration
	took                time.Duration
	err                 error
}

// checkContexts asks all contexts at once and prints a line for each.
func checkContexts(ctx context.Context, p Process, c config.Config) error {
	results := make([]checked, len(c.Contexts))
	var group sync.WaitGroup
	for i, x := range c.Contexts {
		group.Go(func() { results[i] = check(ctx, consoleFor{config: c, context: x}) })
	}
	group.Wait()
	t := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tADDRESS\tANSWER\tTLS\tYOU ARE\tVERSION\tCLOCK")
	failed := 0
	for _, r := range results {
		answer := "after " + r.took.Round(time.Millisecond).String()
		if r.err != nil {
			failed++
			answer = "failed"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.context.Name, plain(addressOf(r.context)), answer, plain(r.crypt), plain(r.who), plain(r.version),
			r.clockText())
	}
	if err := t.Flush(); err != nil || failed == 0 {
		return err
	}
	var lines []string
	for _, r := range results {
		if r.err != nil {
			lines = append(lines, r.context.Name+": "+clean.Line(strings.TrimPrefix(
				r.err.Error(), "context "+r.context.Name+": ",
			)))
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

// check asks one context what it is.
func check(ctx context.Context, of consoleFor) checked {
	r := checked{context: of.context}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	session, err := of.open()
	if err != nil {
		r.err = err
		return r
	}
	defer session.Close()
	began := time.Now()
	about, err := session.Probe(ctx)
	r.took, r.err = time.Since(began), err
	var answer *client.Error
	if errors.As(err, &answer) {
		r.err = answer // what was asked is known
	}
	if about.Wrong != "" {
		r.err = errors.New(about.Wrong)
	}
	if t := session.Transport; t != nil {
		r.clock = t.ClockOffset()
		if connection := t.Connection(); connection.TLS != "" {
			r.crypt = fmt.Sprintf("%s until %s", connection.TLS, connection.Until.Format(time.DateOnly))
		}
	}
	if r.err == nil {
		r.version, r.who = cmp.Or(about.Version, "2.1 or older"), cmp.Or(about.Who, whoOf(of.context))
	}
	return r
}

// clockText is how far the server's clock is off.
func (r checked) clockText() string {
	switch {
	case r.err != nil:
		return "-"
	case r.clock == 0:
		return "right"
	case r.clock < 0:
		return r.clock.Abs().Round(time.Second).String() + " behind"
	}
	return r.clock.Round(time.Second).String() + " ahead"
}
