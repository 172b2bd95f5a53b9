package client

import (
	"net/http"
	"testing"
	"time"
)

// TestPollsPushNoChangeOutOfTheLogOfCalls however many of them went well or failed since.
func TestPollsPushNoChangeOutOfTheLogOfCalls(t *testing.T) {
	var l CallLog
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	add := func(method string, status, n int) {
		for range n {
			at = at.Add(time.Second)
			l.add(Call{At: at, Method: method, Status: status})
		}
	}
	add(http.MethodPost, http.StatusConflict, 2)
	add(http.MethodGet, http.StatusNotModified, 1000)
	add(http.MethodGet, http.StatusInternalServerError, 3)
	add(http.MethodGet, http.StatusOK, 1000)
	count := map[int]int{}
	for i, c := range l.Snapshot() {
		count[c.Status]++
		if i > 0 && c.At.After(l.Snapshot()[i-1].At) {
			t.Fatal("they are not in their order")
		}
	}
	if count[http.StatusConflict] != 2 || count[http.StatusInternalServerError] != 3 || count[http.StatusOK] != mostReads {
		t.Errorf("there are %v", count)
	}
}
