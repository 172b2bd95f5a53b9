package cmfapi

import (
	"context"
	"net/http"

	"drey/client"
	"drey/client/cmf"
)

// Identity is who the server takes us for. Principal is "" where authentication
// is off; Method is how it knows: certificate, token.
type Identity struct {
	Principal string `json:"principal"`
	Method    string `json:"authMethod"`
}

// WhoAmI asks for it: CMF 2.4 and later; others do not know the path.
func (c *Client) WhoAmI(ctx context.Context) (Identity, error) {
	return client.Send[Identity](ctx, c.Client, "whoami", client.Request{
		Method: http.MethodGet, Path: cmf.BasePath + "/c3/whoami",
	})
}
