// Package client is a client of the iCIMS API on net/http, Go 1.19 or later and no module, against a sandbox that is running
// already (`harver-icims up`).
//
//	cd docs/clients/go && go test -count=1 -v
package client

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

type object map[string]any

// keys is what POST /__sandbox/customers says, as far as these tests need it.
type keys struct {
	ICIMS struct {
		BaseURL      string `json:"base_url"`
		CustomerID   string `json:"customer_id"`
		Username     string `json:"username"`
		Password     string `json:"password"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		TokenURL     string `json:"token_url"`
	} `json:"icims"`
	Sample struct {
		JobID              json.Number `json:"job_id"`
		PersonID           string      `json:"person_id"`
		SendToHarverStatus string      `json:"send_to_harver_status"`
	} `json:"sample"`
}

// duties is longer than what a server takes the trouble to pack.
var duties = strings.Repeat("Took calls in Köln, calmly. ", 60)

// direct asks no proxy of the environment and follows no redirect.
var direct = &http.Client{
	Timeout:       30 * time.Second,
	Transport:     &http.Transport{Proxy: nil},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func control() string {
	if address := os.Getenv("HARVER_ICIMS_CONTROL_URL"); address != "" {
		return address + "/__sandbox"
	}
	return "http://127.0.0.1:8700/__sandbox"
}

// customer is one isolated customer, and what a tester does with it.
type customer struct {
	*testing.T
	keys
	base string
}

// open gives every test a customer of its own: what one test does, no other sees.
func open(t *testing.T) customer {
	t.Parallel()
	c := customer{T: t}
	c.read(c.send(c.request("POST", control()+"/customers", object{})), http.StatusOK, &c.keys)
	c.base = c.ICIMS.BaseURL + "/customers/" + c.ICIMS.CustomerID
	return c
}

// request has the body as JSON, unless it is nil.
func (c customer) request(method, address string, body any) *http.Request {
	c.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		c.must(err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, address, content)
	c.must(err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

// icims calls the iCIMS API with user name and password.
func (c customer) icims(method, address string, body any) *http.Response {
	c.Helper()
	request := c.request(method, address, body)
	request.SetBasicAuth(c.ICIMS.Username, c.ICIMS.Password)
	return c.send(request)
}

func (c customer) send(request *http.Request) *http.Response {
	c.Helper()
	answer, err := direct.Do(request)
	c.must(err)
	c.Cleanup(func() { answer.Body.Close() })
	return answer
}

// read takes the JSON of an answer with the expected status; into may be nil.
func (c customer) read(answer *http.Response, status int, into any) {
	c.Helper()
	text, err := io.ReadAll(answer.Body)
	c.must(err)
	if answer.StatusCode != status {
		c.Fatalf("expected %d, but %s was answered %s: %s", status, answer.Request.URL, answer.Status, text)
	}
	if into != nil {
		c.must(json.Unmarshal(text, into))
	}
}

func (c customer) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c customer) equal(actual, expected any) {
	c.Helper()
	if !reflect.DeepEqual(actual, expected) {
		c.Fatalf("expected %v, but it is %v", expected, actual)
	}
}

// createPerson sends a new person packed, and returns the address.
func (c customer) createPerson() string {
	c.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	c.must(json.NewEncoder(writer).Encode(object{
		"firstname":      "Zoë",
		"lastname":       "Okonkwo-Lind",
		"email":          "zoe.okonkwo@candidates.example",
		"workexperience": []object{{"worktitle": "Agent", "workdescription": duties}},
	}))
	c.must(writer.Close())
	request, err := http.NewRequest("POST", c.base+"/people", &packed)
	c.must(err)
	request.SetBasicAuth(c.ICIMS.Username, c.ICIMS.Password)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	answer := c.send(request)
	c.read(answer, http.StatusCreated, nil)
	return answer.Header.Get("Location")
}

func TestPasswordAndTokenOpenTheSamePerson(t *testing.T) {
	c := open(t)
	person := c.base + "/people/" + c.Sample.PersonID
	var byPassword, byToken object
	c.read(c.icims("GET", person, nil), http.StatusOK, &byPassword)
	answer, err := direct.PostForm(c.ICIMS.TokenURL, url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {c.ICIMS.ClientID},
		"client_secret": {c.ICIMS.ClientSecret},
		"audience":      {"https://api.icims.com/v1/"},
	})
	c.must(err)
	defer answer.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	c.read(answer, http.StatusOK, &token)
	c.equal(token.TokenType, "Bearer")
	c.equal(token.ExpiresIn, 86400)
	request := c.request("GET", person, nil)
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	c.read(c.send(request), http.StatusOK, &byToken)
	c.equal(byToken, byPassword)
	c.read(c.send(c.request("GET", person, nil)), http.StatusUnauthorized, nil)
}

func TestAPersonSentPackedIsReadPackedAndFound(t *testing.T) {
	c := open(t)
	address := c.createPerson()
	answer := c.icims("GET", address+"?fields=firstname,lastname,workexperience", nil)
	var person struct {
		FirstName, LastName string
		WorkExperience      []struct{ WorkDescription string }
	}
	c.read(answer, http.StatusOK, &person)
	// The transport asked for gzip by itself, and unpacked it.
	c.equal(answer.Uncompressed, true)
	c.equal(person.FirstName+" "+person.LastName, "Zoë Okonkwo-Lind")
	c.equal(person.WorkExperience[0].WorkDescription, duties)
	search := object{
		"filters": []object{
			{"name": "person.lastname", "value": []string{"Okonkwo-Lind"}, "operator": "="},
			{"name": "person.email", "value": []string{"zoe.okonkwo@candidates.example"}},
		},
		"operator": "&",
	}
	var found struct {
		SearchResults []struct {
			ID   json.Number
			Self string
		}
	}
	c.read(c.icims("POST", c.base+"/search/people", search), http.StatusOK, &found)
	c.equal(len(found.SearchResults), 1)
	c.equal(found.SearchResults[0].ID.String(), path.Base(address))
	c.equal(found.SearchResults[0].Self, address)
}

func TestASubmittedPersonIsInvitedWithALinkThatOpens(t *testing.T) {
	c := open(t)
	submitted := c.icims("POST", c.base+"/applicantworkflows", object{
		"baseprofile":       c.Sample.JobID,
		"associatedprofile": json.Number(path.Base(c.createPerson())),
		"status":            object{"id": "C40120"},
	})
	c.read(submitted, http.StatusCreated, nil)
	status := object{"status": object{"id": c.Sample.SendToHarverStatus}}
	c.read(c.icims("PATCH", submitted.Header.Get("Location"), status), http.StatusNoContent, nil)
	wait := fmt.Sprintf("%s/mail/wait?customer=%s&timeout=20s", control(), c.ICIMS.CustomerID)
	var mail struct{ To, Links []string }
	c.read(c.send(c.request("GET", wait, nil)), http.StatusOK, &mail)
	c.equal(mail.To, []string{"zoe.okonkwo@candidates.example"})
	for _, link := range mail.Links {
		if strings.Contains(link, "/magic-link/") {
			page := c.send(c.request("GET", link, nil))
			if page.StatusCode != http.StatusOK && page.StatusCode != http.StatusSeeOther {
				c.Fatalf("the link was answered %s", page.Status)
			}
			return
		}
	}
	c.Fatalf("no link to start with in %v", mail.Links)
}

func TestEachCallTakesOneFromTheAllowance(t *testing.T) {
	c := open(t)
	remaining := func() int {
		answer := c.icims("GET", c.base+"/people/"+c.Sample.PersonID, nil)
		count, err := strconv.Atoi(answer.Header.Get("X-RateLimit-Remaining"))
		c.must(err)
		return count
	}
	first := remaining()
	c.equal(remaining(), first-1)
}

func TestAnUnknownPersonIs404WithCode2(t *testing.T) {
	c := open(t)
	answer := c.icims("GET", c.base+"/people/999999", nil)
	var refusal struct {
		Errors []struct {
			ErrorCode    int
			ErrorMessage string
		}
	}
	c.read(answer, http.StatusNotFound, &refusal)
	c.equal(len(refusal.Errors), 1)
	c.equal(refusal.Errors[0].ErrorCode, 2)
	c.equal(answer.Header.Get("X-Error"), "2:"+refusal.Errors[0].ErrorMessage)
}
