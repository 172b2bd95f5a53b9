// Package fault says what an error of a server means, so that views need to
// know neither its API nor HTTP. It imports nothing of ours.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is one meaning of an error.
type Kind uint8

// The kinds. Other is an answer that says no for a reason of its own, such as a
// specification that is wrong; Unsupported is a server that does not have what
// was asked for at all, and Unlicensed one that refuses for its licence is over or
// was never there.
const (
	None Kind = iota
	Other
	Cancelled
	NotModified
	ReadOnly
	SignedOut
	Forbidden
	Unlicensed
	NotFound
	Unsupported
	Conflict
	Throttled
	Failing
	Offline
)

// Fault is what an error means. The zero value is no error.
type Fault struct {
	Kind Kind
	// Until is when a throttled server may be asked again; zero when it did not say.
	Until time.Time
	// Code is the server's own number for it, 0 for none; it is shown only.
	Code int
	// Lost tells that the request may have been carried out: its answer never came.
	Lost bool
}

// Of reads what an error means: the first in its chain that tells.
func Of(err error) Fault {
	if err == nil {
		return Fault{}
	}
	var teller interface{ Fault() Fault }
	if errors.As(err, &teller) {
		return teller.Fault()
	}
	return Fault{Kind: Other}
}

// NotLost is err without the doubt whether its request was carried out: that is
// known by now, and err says it.
func NotLost(err error) error { return &settledError{err} }

type settledError struct{ err error }

func (e *settledError) Error() string { return e.err.Error() }

// Fault says what the error means, but for the doubt.
func (e *settledError) Fault() Fault {
	f := Of(e.err)
	f.Lost = false
	return f
}

// Is tells whether an error is of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	of := Of(err).Kind
	for _, k := range kinds {
		if of == k {
			return true
		}
	}
	return false
}

// Word is the fault in a word or two, "" for what has none but its message.
func (f Fault) Word() string {
	switch f.Kind {
	case SignedOut:
		return "signed out"
	case Forbidden:
		return "not allowed"
	case Unlicensed:
		return "no valid licence"
	case NotFound:
		return "not found"
	case Unsupported:
		return "not on this server"
	case Throttled:
		if !f.Until.IsZero() {
			return "throttled until " + f.Until.Format("15:04:05")
		}
		return "throttled"
	case Failing:
		if f.Code >= 200 && f.Code < 400 {
			return "failing (no answer of this API)"
		}
		if f.Code != 0 {
			return fmt.Sprintf("failing (%d)", f.Code)
		}
		return "failing"
	case Offline:
		return "offline"
	}
	return ""
}

// Advice is what a person can do about it, "" where nothing helps but waiting.
func (f Fault) Advice() string {
	switch f.Kind {
	case SignedOut:
		return "the server wants other credentials: renew the token file or the client certificate, they are read again " +
			"by themselves"
	case Unlicensed:
		return "have the server's licence renewed, then do it again"
	case Forbidden:
		return "these credentials may not do this; the rest works on"
	}
	return ""
}
