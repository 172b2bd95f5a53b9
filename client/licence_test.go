package client

import (
	"strings"
	"testing"
	"time"

	"drey/client/fault"
)

// TestARefusalForTheLicenceIsToldFromOthers is a table of answers: which of them speak of
// the server's licence, and which only of something of that name.
func TestARefusalForTheLicenceIsToldFromOthers(t *testing.T) {
	for _, c := range []struct {
		status  int
		message string
		want    bool
	}{
		{403, "The license of this installation has expired on 2026-11-01", true},
		{402, "a valid licence is required", true},
		{403, "Invalid license", true},
		{500, "No valid license found, creating of applications is not permitted", true},
		{503, "License is missing", true},
		{403, "user ann may not create applications", false},
		{403, "access to topic license-checks is denied", false},
		{422, "Column 'license' not found in any table", false},
		{500, "Internal server error", false},
	} {
		e := &Error{Status: c.status, Message: c.message, fault: meaning("POST", c.status, true, time.Time{})}
		e.readLicence()
		if got := fault.Is(e, fault.Unlicensed); got != c.want {
			t.Errorf("%d %q: a matter of the licence %v, want %v", c.status, c.message, got, c.want)
		}
		if says := strings.Contains(e.Error(), "licence renewed"); says != c.want {
			t.Errorf("%d %q: what can be done is %q", c.status, c.message, e)
		}
	}
}
