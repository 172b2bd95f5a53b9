package faults

import (
	"testing"

	"drey/server/servertest"
)

func TestMain(m *testing.M) { servertest.Main(m) }
