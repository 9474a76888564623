// Command resolve resolves the default chain of AWS SDK for Go v2 and prints the access key, or the error,
// as JSON.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"
)

func answer(accessKeyID string, err error) {
	line := map[string]string{"accessKeyId": accessKeyID}
	if err != nil {
		line = map[string]string{"error": codeOf(err), "message": err.Error()}
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

// codeOf names a service's error by its code, any other by the type of its cause.
func codeOf(err error) string {
	var coded smithy.APIError
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		err = cause
	}
	return fmt.Sprintf("%T", err)
}

// resolve loads the configuration, unless that was done before, and asks it for credentials.
func resolve(ctx context.Context, cfg *aws.Config) {
	if cfg.Credentials == nil {
		loaded, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			answer("", err)
			return
		}
		*cfg = loaded
	}
	value, err := cfg.Credentials.Retrieve(ctx)
	answer(value.AccessKeyID, err)
}

func main() {
	ctx := context.Background()
	var cfg aws.Config
	resolve(ctx, &cfg)
	if os.Getenv("WHICHROLE_LAB_TWICE") != "" {
		bufio.NewReader(os.Stdin).ReadString('\n')
		resolve(ctx, &cfg)
	}
}
