// Command resolve resolves the default chain of AWS SDK for Go v1 and prints the access key, or the error,
// as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
)

func answer(accessKeyID string, err error) {
	line := map[string]string{"accessKeyId": accessKeyID}
	if err != nil {
		line = map[string]string{"error": codeOf(err), "message": err.Error()}
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func codeOf(err error) string {
	if coded, ok := err.(awserr.Error); ok {
		return coded.Code()
	}
	return fmt.Sprintf("%T", err)
}

// resolve makes a session, unless that was done before, and asks it for credentials.
func resolve(sess *session.Session) *session.Session {
	if sess == nil {
		options := session.Options{SharedConfigState: session.SharedConfigEnable}
		made, err := session.NewSessionWithOptions(options)
		if err != nil {
			answer("", err)
			return nil
		}
		sess = made
	}
	value, err := sess.Config.Credentials.Get()
	answer(value.AccessKeyID, err)
	return sess
}

func main() {
	sess := resolve(nil)
	if os.Getenv("WHICHROLE_LAB_TWICE") != "" {
		bufio.NewReader(os.Stdin).ReadString('\n')
		resolve(sess)
	}
}
