//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"drey/ui/uitest/crowd"
	"drey/ui/uitest/terminal"
)

// steps is how many rows below the first details are asked for: those of another
// application, for each environment has one of its name.
const steps = 6

// remote runs the console alone on a server of this process that is a round trip
// away, and tells when the first rows and the details of a row are there, what the
// console costs then, and what it asks.
func remote(ctx context.Context, binary, dir string, environments, apps int, roundTrip, idle time.Duration) error {
	server := crowd.New(environments, apps/environments)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: time.Minute}
	go func() { _ = web.Serve(listener) }() // until it is closed
	defer web.Close()
	near, err := delayed(ctx, listener.Addr().String(), roundTrip/2)
	if err != nil {
		return err
	}
	defer near.Close()
	url := "http://" + near.Addr().String()
	if err := firstStart(ctx, server, binary, dir, url, roundTrip, idle); err != nil {
		return err
	}
	// what it knows of the server is on disk now
	p, err := terminal.Start(ctx, dir, columns, rows, binary, "--url", url)
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := p.WaitFor("orders-0000"); err != nil { // it is where it was
		return err
	}
	report("first rows, second start", "%v after exec", time.Since(p.Started).Round(time.Millisecond))
	return nil
}

// firstStart runs a console that has not seen the server before.
func firstStart(
	ctx context.Context, server *crowd.Server, binary, dir, url string, roundTrip, idle time.Duration,
) error {
	p, err := terminal.Start(ctx, dir, columns, rows, binary, "--url", url)
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := p.WaitFor("orders-000000"); err != nil {
		return err
	}
	report("first rows", "%v after exec, over %v", time.Since(p.Started).Round(time.Millisecond), roundTrip)
	if err := p.WaitFor(thousands(server.Applications()) + " applications"); err != nil {
		return err
	}
	loaded, err := usageOf(p)
	if err != nil {
		return err
	}
	report(
		"all rows", "%v after exec, %v of a core", time.Since(p.Started).Round(time.Millisecond),
		loaded.cpu.Round(time.Millisecond),
	)
	p.Quiet(3 * time.Second)
	if err := p.Send(strings.Repeat("j", steps)); err != nil {
		return err
	}
	pressed := time.Now()
	if err := p.WaitFor("registry.example/" + crowd.ApplicationName(steps/server.Environments())); err != nil {
		return err
	}
	report("details of a row", "%v after the key", time.Since(pressed).Round(time.Millisecond))
	p.Quiet(25 * time.Second)
	return idling(p, server, idle)
}

// idling reports what the console costs while nobody does anything.
func idling(p *terminal.Program, server *crowd.Server, idle time.Duration) error {
	server.Requests()
	before, err := usageOf(p)
	if err != nil {
		return err
	}
	p.Quiet(idle)
	after, err := usageOf(p)
	if err != nil {
		return err
	}
	asked := 0
	for _, n := range server.Requests() {
		asked += n
	}
	report("idle, console alone", "%.3f %% of a core, %.1f wake-ups/s, %.1f requests/s",
		100*(after.cpu-before.cpu).Seconds()/idle.Seconds(), float64(after.wakeups-before.wakeups)/idle.Seconds(),
		float64(asked)/idle.Seconds())
	report("memory, console alone", "%d MB resident, %d MB at its highest", after.rss>>20, after.peak>>20)
	return nil
}

// delayed listens and passes all on to an address, each way so much later. A
// connection takes a round trip to be made, as over a wire.
func delayed(ctx context.Context, to string, by time.Duration) (net.Listener, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			opened := time.Now().Add(2 * by)
			go pass(far, near, by, opened)
			go pass(near, far, by, time.Time{})
		}
	}()
	return listener, nil
}

// packet is what was read, and when it arrives.
type packet struct {
	data []byte
	at   time.Time
}

// pass copies what comes, later by a time and none before another.
func pass(to, from net.Conn, by time.Duration, notBefore time.Time) {
	defer to.Close()
	queue := make(chan packet, 1<<12)
	go func() {
		defer close(queue)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if n > 0 {
				at := time.Now().Add(by)
				if at.Before(notBefore.Add(by)) {
					at = notBefore.Add(by)
				}
				queue <- packet{b[:n], at}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range queue {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.data); err != nil {
			_, _ = io.Copy(io.Discard, from) // until its end
			return
		}
	}
}
