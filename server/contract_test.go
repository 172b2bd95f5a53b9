package server

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if childOfKillTest() {
		return
	}
	goleak.VerifyTestMain(m)
}

const prodApps = "environments/prod/applications"
