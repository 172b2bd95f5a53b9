package console

import (
	"testing"

	"drey/client"
)

// TestThePreviewGoesWithTheCursor moves the cursor by all but the keys that move it, with a
// clock that stands.
func TestThePreviewGoesWithTheCursor(t *testing.T) {
	t.Parallel()
	c := still(t)
	const payments, orders = "flink/payments:", "flink/orders:"
	d := open(t, connect(t, c.URL(), client.Config{}), 140, 40, nil)
	d.WaitForText("20 applications", payments)
	d.Press("/")
	d.Type("orders env:prod")
	d.WaitForText("1 of 20", orders)
	d.Press("enter", "esc")
	d.WaitForText("20 applications", payments)
	d.Press(":")
	d.Type("app orders env:prod")
	d.Press("enter")
	d.WaitForText("1 of 20", orders)
	d.Press("esc")
	d.WaitForText("20 applications", payments)
	d.Press(":")
	d.Type("orders")
	d.WaitForText("applications in prod")
	d.Press("enter")
	d.WaitForText("prod › applications › orders", orders)
	d.Press("!")
	d.WaitForText("all › applications › payments", payments)
}
