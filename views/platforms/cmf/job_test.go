package cmf

import (
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinkrest"
	"drey/ui/uitest/flinktest"
)

// TestTheJobOfAStatementIsFound: by its name, else the one that runs, below the
// statement's own path.
func TestTheJobOfAStatementIsFound(t *testing.T) {
	t.Parallel()
	server := flinktest.New(t)
	old := flinktest.Job{ID: "a1", Name: "clicks", State: "CANCELED", Ended: true}
	other := flinktest.Job{ID: "b2", Name: "insert-into_x", State: "RUNNING"}
	api, err := cmfapi.New(client.Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	for name, c := range map[string]struct {
		jobs []flinktest.Job
		want string
	}{
		"its name": {[]flinktest.Job{other, old}, "a1"},
		"it runs":  {[]flinktest.Job{{ID: "c3", Name: "x", Ended: true}, other}, "b2"},
		"none":     {nil, ""},
	} {
		server.Change(func(s *flinktest.Server) { s.Jobs = c.jobs })
		got, err := onlyJob(t.Context(), flinkrest.JobManager{Transport: plainTransport{server}}, "clicks")
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	server.Forget()
	_, _ = cmfapi.FlinkWeb(api, cmf.Statements, cmf.Scope{Environment: "prod"}, "clicks").Jobs(t.Context())
	if asked := server.Asked(); len(asked) != 1 ||
		asked[0] != "GET /cmf/api/v1/environments/prod/statements/clicks/flink-web-ui/jobs/overview" {
		t.Errorf("asked %v", asked)
	}
}

// plainTransport asks the scenario without a network.
type plainTransport struct{ *flinktest.Server }

func (p plainTransport) Do(
	ctx context.Context, method, path string, query url.Values, _ *flinkrest.Body,
) (int, io.ReadCloser, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, path+"?"+query.Encode(), nil))
	return w.Code, io.NopCloser(w.Body), nil
}
