package vvpapi

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"drey/client"
	"drey/client/flinkapi"
	"drey/client/flinkrest"
)

// flinkUI is where the platform passes on Flink's own REST API of a job. No public
// source tells its path, so the person does, with placeholders.
type flinkUI struct {
	path   string
	common *client.Client
	own    map[string]*client.Client // by namespace, where it has a token of its own
}

// openFlinkUI makes clients of the address with placeholders; they share the budget
// and the log of the platform's own.
func openFlinkUI(cfg Config, beside *client.Client) (*flinkUI, error) {
	u, err := url.Parse(cfg.FlinkUI)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("flink-ui: want an address such as https://vvp.example/flink-ui/{namespace}/{job}/")
	}
	if strings.ContainsAny(u.Host, "{}") || strings.Contains(u.Host, "%7B") {
		return nil, errors.New(
			"flink-ui: placeholders may stand in the path only: credentials go to hosts that the configuration names",
		)
	}
	server := cfg.Server
	server.URL, server.Dialect, server.Beside = u.Scheme+"://"+u.Host, flinkapi.Dialect(), beside
	ui := &flinkUI{path: strings.TrimSuffix(u.Path, "/"), own: map[string]*client.Client{}}
	if ui.common, err = client.New(server); err != nil {
		return nil, fmt.Errorf("flink-ui: %w", err)
	}
	for name, auth := range cfg.Namespaces {
		if auth == nil {
			continue
		}
		own := server
		own.Auth = auth
		if ui.own[name], err = client.New(own); err != nil {
			ui.close()
			return nil, fmt.Errorf("flink-ui: namespace %s: %w", name, err)
		}
	}
	return ui, nil
}

func (u *flinkUI) close() {
	for _, own := range u.own {
		if own != nil {
			own.Close()
		}
	}
	u.common.Close()
}

// ErrNoFlinkUI tells that the configuration does not say where Flink's API is.
var ErrNoFlinkUI = errors.New(
	"name flink-ui in the context to look into jobs: the address below which the platform passes on Flink's REST " +
		"API, with {namespace}, {deployment}, {deployment-id} and {job} where they belong",
)

// FlinkJob is the job of a deployment, looked into through the platform.
type FlinkJob struct {
	Namespace, Deployment, DeploymentID string
	Job                                 string // the platform's id of the run, not Flink's
}

// FlinkUI is Flink's REST API of a job. ErrNoFlinkUI where nobody said where it is.
func (c *Client) FlinkUI(of FlinkJob) (flinkrest.JobManager, error) {
	if c.flink == nil {
		return flinkrest.JobManager{}, ErrNoFlinkUI
	}
	on := c.flink.common
	if own := c.flink.own[of.Namespace]; own != nil {
		on = own
	}
	return flinkapi.JobManager(on, c.flink.pathOf(of)), nil
}

// pathOf fills the placeholders in.
func (u *flinkUI) pathOf(of FlinkJob) string {
	return strings.NewReplacer(
		"{namespace}", url.PathEscape(of.Namespace), "{deployment}", url.PathEscape(of.Deployment),
		"{deployment-id}", url.PathEscape(of.DeploymentID), "{job}", url.PathEscape(of.Job),
	).Replace(u.path)
}

// FlinkPage is the address of the page of a job in Flink's own web interface, for a
// browser; "" where nobody said where it is. flinkID is Flink's id of the job, "" where
// it is not known: it is the page of its cluster then.
func (c *Client) FlinkPage(of FlinkJob, flinkID string) string {
	if c.flink == nil {
		return ""
	}
	page := c.flink.common.URL() + c.flink.pathOf(of) + "/"
	if flinkID != "" {
		page += "#/job/running/" + url.PathEscape(flinkID) + "/overview"
	}
	return page
}

// DeploymentPage is the address of a deployment's page in the platform's own web
// interface, where public clients send people, too.
func (c *Client) DeploymentPage(namespace, id string) string {
	return c.common.URL() + "/app/#/namespaces/" + url.PathEscape(namespace) + "/deployments/" + url.PathEscape(id) +
		"/detail/overview"
}
