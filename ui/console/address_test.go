package console

import (
	"strings"
	"testing"

	"drey/ui/console/address"
)

// TestAPlaceIsCopiedAndOpenedAgain copies the address of a row in one context and
// opens it from another.
func TestAPlaceIsCopiedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := openContexts(t, 140, 40, nil, contextOf(t, "one", c), contextOf(t, "two", c))
	d.WaitForText("20 applications")
	d.Press("C")
	d.WaitForText("address", "drey://one/environments/prod/applica")
	d.Press("esc")
	switchTo(d, "two")
	d.WaitForText("two › all")
	d.Press(":")
	d.Type("drey://one/environments/prod/applications?filter=o#orders")
	d.WaitForText("open drey://one/")
	d.Press("enter")
	d.WaitForText("one › prod › applications › orders", "/o")
	d.Press(":")
	d.Type("open drey://three/applications")
	d.Press("enter")
	d.WaitForText("there is no context three here")
}

// TestTheConsoleBeginsAtAnAddress opens a console at a place.
func TestTheConsoleBeginsAtAnAddress(t *testing.T) {
	t.Parallel()
	address, err := address.Parse("drey://one/environments/prod/statements#orders-per-minute")
	if err != nil {
		t.Fatal(err)
	}
	d := openContexts(t, 140, 40, func(o *Options) { o.Start = address }, contextOf(t, "one", still(t)))
	d.WaitForText("one › prod › statements › ")
}

// TestTheAddressOfARowNamesItsEnvironment stands on one of two rows of a name, with
// all environments shown.
func TestTheAddressOfARowNamesItsEnvironment(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	filtered(d, "orders staging run", "1 of 20")
	if got := d.Model().(*Root).CurrentAddress().String(); !strings.HasPrefix(
		got, "drey://demo/environments/staging/applications?",
	) || !strings.HasSuffix(got, "#orders") {
		t.Errorf("got %s", got)
	}
}

// TestThePageOfAnEnvironmentGoesOnToTheNext describes the second of three, goes on to
// the third and not beyond, and comes back to where it was opened.
func TestThePageOfAnEnvironmentGoesOnToTheNext(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications", "staging         6")
	d.Press("1", "j", "j", "d")
	d.WaitForText("stage  prod", "USED BY")
	d.Press(">")
	d.WaitForText("stage  staging", "USED BY")
	d.Press(">")
	d.WaitForText("no further object", "stage  staging")
	d.Press("<")
	d.WaitForText("stage  prod")
	d.Press("<")
	d.WaitForText("stage  development")
	d.Press("esc")
	d.WaitForText("9 applications", "demo › prod › applications")
}

// TestWhatTheWholeServerHasIsInNoEnvironment deletes a secret while an environment is
// chosen: the dialog does not say that it is gone from there alone.
func TestWhatTheWholeServerHasIsInNoEnvironment(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, func(o *Options) { o.Environment = "prod" })
	d.WaitForText("9 applications")
	d.Press("7")
	d.WaitForText("MAPPED IN", "2 secrets")
	d.Press("D")
	d.WaitForText("Delete kafka-client", "Type kafka-client to confirm", "client-conn in staging")
	if title := d.Line("Delete kafka-client"); strings.Contains(title, "in prod") {
		t.Errorf("a secret of the whole server is %q", title)
	}
	d.Press("esc", "e")
	d.WaitForText("Edit kafka-client", "sasl.mechanism")
	if title := d.Line("Edit kafka-client"); strings.Contains(title, "in prod") {
		t.Errorf("a secret of the whole server is %q", title)
	}
}

// TestAnAddressShowsItsRowOrSaysThatThereIsNone in a list with a filter of before, which
// would hide the row, and with one of its own that does.
func TestAnAddressShowsItsRowOrSaysThatThereIsNone(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	filtered(d, "clicks", "of 20")
	for _, c := range []struct{ of, want string }{
		{"#orders", "prod › applications › orders"},
		{"#nosuch", "there is no application nosuch here"},
		{"?filter=clicks#orders", "prod › applications › orders"},
	} {
		d.WaitIdle()
		d.Press(":")
		d.Type("open drey://demo/environments/prod/applications" + c.of)
		d.WaitForText("open drey://")
		d.Press("enter")
		d.WaitForText(c.want)
	}
}
