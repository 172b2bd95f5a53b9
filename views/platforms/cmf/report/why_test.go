package report

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views/why"
)

// TestWhyAStatementFailedSaysAllOfItsDetail is a refusal of several lines, of which the
// cause is the first, from a server without exceptions.
func TestWhyAStatementFailedSaysAllOfItsDetail(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	api, err := cmfapi.New(client.Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	s := cmf.Statement{
		Metadata: cmf.Metadata{Name: "q", CreationTimestamp: "2026-11-30T10:00:00Z"},
		Spec:     cmf.StatementSpec{Statement: "SELECT prize FROM orders"},
		Status:   &cmf.StatementStatus{Phase: cmf.PhaseFailed, Detail: "SQL validation failed.\nColumn 'prize' not found"},
	}
	theme, _ := themes.New(themes.Options{})
	d := why.Document(theme, statementReport(t.Context(), api, cmf.Scope{Environment: "prod"}, s), time.Now())
	if text := strings.Join(d.Plain, "\n"); !strings.Contains(text, "Column 'prize' not found") {
		t.Errorf("the second line is nowhere:\n%s", text)
	}
}

// TestATextOfOneLineIsNotSaidTwice keeps what the cause says whole out of the time axis.
func TestATextOfOneLineIsNotSaidTwice(t *testing.T) {
	if got := lines("error", " no slot\n", "", themes.Bad); !slices.Equal(got, nil) {
		t.Errorf("got %+v", got)
	}
}
