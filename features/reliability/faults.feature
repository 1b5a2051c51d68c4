@faults
Feature: What goes wrong between the systems does not reach the candidate or the recruiter

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  Rule: What arrives twice has one effect

    Scenario: An event arrives twice
      Given the fault "duplicate_event"
      When Tomas advances Ana to Send to Harver
      Then the fault has struck
      And Ana receives one mail with a link to the assessment
      And Harver was asked once to register Ana

    @row-21 @UAT-24
    Scenario: Each webhook arrives twice
      Given Tomas has advanced Ana to Send to Harver
      And the fault "duplicate_webhook"
      When Ana takes the assessment by the link in her mail as a great fit
      Then the fault has struck
      And iCIMS shows one result for Ana, which is complete

    @row-22 @UAT-25
    Scenario: The end of the assessment is told before its start
      Given Tomas has advanced Ana to Send to Harver
      And the fault "out_of_order_webhooks"
      When Ana takes the assessment by the link in her mail as a great fit
      Then the fault has struck
      And iCIMS shows one result for Ana, which is complete

  Rule: A lost answer has no second effect

    @own-world
    Scenario: The candidate is registered and the answer is lost
      Given the fault "lost_registration"
      When Tomas advances Ana to Send to Harver
      And the fault has struck
      And time goes by and what failed is tried again
      Then Ana receives one mail with a link to the assessment
      And Harver has one application of Ana

    @own-world
    Scenario: The result row is added and the answer is lost
      Given Tomas has advanced Ana to Send to Harver
      And the fault "lost_reply"
      When Ana takes the assessment by the link in her mail as a great fit
      And the fault has struck
      And time goes by and what failed is tried again
      Then iCIMS shows one result for Ana, which is complete

  Rule: What nobody tells is found

    @own-world
    Scenario: No webhook arrives
      Given Tomas has advanced Ana to Send to Harver
      And the fault "lost_webhooks"
      When Ana takes the assessment by the link in her mail as a great fit
      And the fault has struck
      And time goes by and what failed is tried again
      Then iCIMS shows one result for Ana, which is complete

  Rule: What fails for now is done later

    Scenario: An access token stops working before its time
      Given the fault "expired_token"
      When Tomas advances Ana to Send to Harver
      Then the fault has struck
      And Ana receives one mail with a link to the assessment

    @UAT-35 @slow
    Scenario: iCIMS is slow
      Given the fault "slow_icims"
      When Tomas advances Ana to Send to Harver
      Then the fault has struck
      And Ana receives one mail with a link to the assessment

    @own-world @UAT-22 @row-23
    Scenario: iCIMS answers changes with 500
      Given Tomas has advanced Ana to Send to Harver
      And Ana has opened the link in her mail and begun
      And iCIMS shows one result for Ana, which is in progress
      And the fault "status_500"
      When Ana finishes the assessment as a great fit
      And the fault has struck
      And time goes by and what failed is tried again
      Then iCIMS shows one result for Ana, which is complete

    @own-world
    Scenario: The Harver platform is down for a while
      Given the fault "platform_down"
      When Tomas advances Ana to Send to Harver
      And the fault has struck
      And the fault is over
      And time goes by and what failed is tried again
      Then Ana receives one mail with a link to the assessment
      And Harver has one application of Ana

    @own-world
    Scenario: The mail server asks to come back later
      Given the fault "greylisting"
      When Tomas advances Ana to Send to Harver
      And the fault has struck
      And time goes by and what failed is tried again
      Then Ana receives one mail with a link to the assessment

    Scenario: The link to the report cannot be had when the assessment is over
      Given Tomas has advanced Ana to Send to Harver
      And the fault "reports_away"
      When Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the Screen tab shows the score 100 for Ana
      And the fault has struck

    @own-world
    Scenario: The link to the report follows once it can be had
      Given Tomas has advanced Ana to Send to Harver
      And the fault "reports_away"
      When Ana takes the assessment by the link in her mail as a great fit
      And the fault has struck
      And the fault is over
      And time goes by and what failed is tried again
      Then the link on the Screen tab opens the report of Ana with the verdict "Great Fit"

  Rule: What fails for good is told, and taken back once it is mended

    Scenario: An invitation that could not be mailed is mailed after all
      Given the fault "mail_refused"
      And Tomas has advanced Ana to Send to Harver
      And iCIMS shows one result for Ana, which is incomplete, with the remark "could not be mailed"
      When the fault is over
      And the Harver Admin replays what was given up
      Then Ana receives one mail with a link to the assessment
      And iCIMS shows one result for Ana, which is sent, without a remark

    Scenario: Nothing of a failure is left beside a result
      Given the fault "mail_refused"
      And Tomas has advanced Ana to Send to Harver
      And iCIMS shows one result for Ana, which is incomplete, with the remark "could not be mailed"
      When the fault is over
      And Tomas advances Ana to Send to Harver
      And Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the remark beside the result of Ana no longer says "Not invited"
