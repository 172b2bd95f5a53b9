package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"drey/server/engine"
	"drey/server/model"
)

// WebUI is a Flink whose REST API and pages are shown below each application
// and statement (cmf-behaviour.md §6), as far as they are of its own job.
type WebUI struct {
	URL *url.URL
	// Transport says who we are.
	Transport http.RoundTripper
	// Job is the id of the job that a statement runs as now.
	Job func(engine.StatementRun) (string, error)
	// Writes lets methods that change the job through.
	Writes bool
	// View answers instead of a JobManager, where the engine has none.
	View func(ctx context.Context, job engine.Job, path []string, query url.Values) (status int, answer any)
}

const webUI = "flink-web-ui"

var (
	errNoWebUI = &statusError{
		http.StatusNotImplemented, "the engine of this server has no Flink web UI: drey serve --engine flink has",
	}
	errNotOfJob = &statusError{
		http.StatusForbidden,
		"only what is of this job is shown here: its own /jobs/{jobid}/…, /overview, /config, /jobs, /jobs/overview and " +
			"the pages",
	}
	errWebUIReads = &statusError{
		http.StatusForbidden,
		"the Flink web UI is read-only here: drey serve --flink-web-ui-writes lets it change jobs",
	}
)

// webUITarget is a path of …/{applications|statements}/{name}/flink-web-ui/….
type webUITarget struct {
	env, family, name string
	rest              []string // below flink-web-ui, unescaped
	bare              bool     // without a "/" behind flink-web-ui
}

// webUIPath takes a path apart; ok is false for any other path.
func webUIPath(escaped string) (p webUITarget, ok bool) {
	var parts []string
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue
		}
		text, err := url.PathUnescape(segment)
		if err != nil || text == "." || text == ".." || len(parts) > 7 && strings.ContainsAny(text, `/\?#`) {
			return p, false
		}
		parts = append(parts, text)
	}
	if len(parts) < 8 || parts[0] != "cmf" || parts[1] != "api" || parts[2] != "v1" || parts[3] != "environments" ||
		parts[7] != webUI ||
		parts[5] != "applications" && parts[5] != "statements" {
		return p, false
	}
	return webUITarget{
		parts[4], parts[5], parts[6], parts[8:], !strings.HasSuffix(escaped, "/") && len(parts) == 8,
	}, true
}

// forward answers the paths of the web UI; false: it is none of them.
func (a *API) forward(w *recorder, r *http.Request, id string) bool {
	target, ok := webUIPath(r.URL.EscapedPath())
	if !ok {
		return false
	}
	w.route = "…/" + webUI
	if a.web != nil && a.web.View != nil && !target.bare {
		a.view(w, r, id, target)
		return true
	}
	job, err := a.webUIJob(r, target)
	switch {
	case err != nil:
		a.fail(w, r, id, err)
	case target.bare:
		http.Redirect(w, r, webUI+"/", http.StatusTemporaryRedirect)
	default:
		a.proxy(w, r, id, target.rest, job)
	}
	return true
}

// view answers from what the engine knows of the job: it has no JobManager.
func (a *API) view(w *recorder, r *http.Request, id string, target webUITarget) {
	var job engine.Job
	var err error
	if target.family == "applications" {
		job, err = a.service.ApplicationRun(r.Context(), target.env, target.name)
	} else {
		var run engine.StatementRun
		if run, err = a.service.StatementJob(r.Context(), target.env, target.name); err == nil {
			job = engine.Job{
				ID: run.ID, Environment: run.Environment, Application: run.Name, SubmittedAt: run.SubmittedAt,
				Stop: run.Stop, Run: &run,
			}
		}
	}
	if err == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
		err = errWebUIReads
	}
	if err != nil {
		a.fail(w, r, id, err)
		return
	}
	status, answer := a.web.View(r.Context(), job, target.rest, r.URL.Query())
	text, plain := answer.(string)
	body := []byte(text)
	if !plain {
		if body, err = json.Marshal(answer); err != nil {
			a.fail(w, r, id, err)
			return
		}
	}
	kind := "application/json; charset=UTF-8"
	if plain {
		kind = "text/plain; charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Drey-Stand-In", "true")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // whoever asked may have left
	}
}

// webUIJob finds the job, or why the request is refused.
func (a *API) webUIJob(r *http.Request, target webUITarget) (string, error) {
	var job string
	var err error
	if target.family == "applications" {
		job, err = a.service.ApplicationJob(r.Context(), target.env, target.name)
	} else {
		var run engine.StatementRun
		if run, err = a.service.StatementJob(r.Context(), target.env, target.name); err == nil && a.web != nil {
			job, err = a.web.Job(run)
		}
	}
	var refused *model.Error
	switch {
	case errors.As(err, &refused) && refused.Code == model.CodeNotFound:
		return "", err
	case a.web == nil:
		return "", errNoWebUI
	case err != nil:
		return "", err
	}
	return job, a.web.allows(r.Method, target.rest, job)
}

// allows refuses what is not of the job, and what changes it.
func (u *WebUI) allows(method string, rest []string, job string) error {
	reads := method == http.MethodGet || method == http.MethodHead
	if u.own(rest, job) {
		// Flink takes these as GET.
		if reads && !slices.Contains([]string{"yarn-cancel", "yarn-stop"}, rest[len(rest)-1]) || u.Writes {
			return nil
		}
		return errWebUIReads
	}
	switch {
	case !shared(rest):
		return errNotOfJob
	case !reads:
		return errMethod
	}
	return nil
}

// own reports whether a path is of the job and no other; what is told of its
// processes is of all jobs there.
func (u *WebUI) own(rest []string, job string) bool {
	return len(rest) >= 2 && rest[0] == "jobs" && rest[1] == job &&
		(len(rest) == 2 || rest[2] != "jobmanager" && rest[2] != "taskmanagers")
}

// shared reports whether a path is of no job: pages, and answers that are
// narrowed to the job.
func shared(rest []string) bool {
	if len(rest) == 0 || rest[0] == "assets" {
		return true
	}
	if len(rest) == 1 && slices.Contains(
		[]string{".html", ".js", ".css", ".txt", ".ico", ".svg", ".png", ".woff", ".woff2", ".ttf"}, path.Ext(rest[0]),
	) {
		return true
	}
	return jobFilterOf(rest) != nil
}

// proxy passes a request on and the answer back, as it comes.
func (a *API) proxy(w *recorder, r *http.Request, id string, rest []string, job string) {
	escaped := make([]string, len(rest))
	for i, segment := range rest {
		escaped[i] = url.PathEscape(segment)
	}
	target := a.web.URL.JoinPath(escaped...)
	if len(rest) == 0 {
		target = a.web.URL.JoinPath("/")
	}
	filter := jobFilterOf(rest)
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1,
		Transport:     a.web.Transport,
		ErrorLog:      slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		Rewrite: func(p *httputil.ProxyRequest) {
			target.RawQuery = p.In.URL.RawQuery
			p.Out.URL, p.Out.Host = target, ""
			if p.Out.Method == http.MethodHead { // Flink has none for its pages
				p.Out.Method = http.MethodGet
			}
			for _, name := range []string{"Authorization", "Cookie", "Origin", "Referer", "Accept-Encoding"} {
				p.Out.Header.Del(name)
			}
			if filter != nil {
				for _, name := range []string{"If-None-Match", "If-Modified-Since", "Range"} {
					p.Out.Header.Del(name)
				}
			}
		},
		ModifyResponse: func(resp *http.Response) error {
			resp.Header.Del("Access-Control-Allow-Origin") // Flink lets every site read it
			resp.Header.Del("Set-Cookie")
			if filter == nil || resp.StatusCode != http.StatusOK {
				return nil
			}
			return filterAnswer(resp, filter, job, a.web.Writes)
		},
		ErrorHandler: func(_ http.ResponseWriter, r *http.Request, err error) {
			if !errors.Is(err, context.Canceled) {
				err = &model.Error{Code: model.CodeUnavailable, Messages: []string{
					"Flink's JobManager does not answer: " + plain(err),
				}}
			}
			a.fail(w, r, id, err)
		},
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = http.NoBody, 0
	}
	proxy.ServeHTTP(w, r)
}

// plain is the cause of a failed request, without the address.
func plain(err error) string {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return err.Error()
}
