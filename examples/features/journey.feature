Feature: A journey of our own
  As Brightwater Foods
  I want to see our call centre hire before we go live
  So that our recruiters know what they are going to see

  The sentences are those of the set-up guide; `harver-icims check --steps` lists them all. Nobody had to write code for this.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Scenario: Ana is advanced and does well
    Given the Candidate Ana is submitted to "Call Centre Advisor"
    When Tomas advances Ana to Send to Harver
    Then the Summary says "Invitation is sent to Candidate" for Ana
    And Ana receives one mail with a link to the assessment
    When Ana takes the assessment by the link in her mail as a great fit
    Then iCIMS shows one result for Ana, which is complete
    And the link on the Screen tab opens the report of Ana with the verdict "Great Fit"

  Scenario: Our reporting tool reads the result that our recruiters see
    Given the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver
    And basic auth using:
      | username | {icims.username} |
      | password | {icims.password} |
    And I set the variable:
      | base | {icims.base_url}/customers/{icims.customer_id} |
    When Ana takes the assessment by the link in her mail as a great fit
    Then iCIMS shows one result for Ana, which is complete
    When POST '/search/applicantworkflows'
    And send:
      """
      {"filters": [{"name": "applicantworkflow.status", "value": ["{sample.send_to_harver_status}"], "operator": "="}]}
      """
    Then receive status 200
    When GET '/applicantworkflows/{workflow}'
    And I set the placeholder 'workflow' using the json path '$.searchResults[*].id' from the last 'POST' to '/search/applicantworkflows'
    And qs:
      | fields | assessmentresults |
    Then receive status 200
    And json path at "$.assessmentresults[0].assessmentscore" should equal "100"
    And json path at "$.assessmentresults[0].assessmentstatus.value" should equal "Complete"
