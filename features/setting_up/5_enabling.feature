Feature: Enabling and disabling the integration
  "If enabling integration fails, error will be shown. Please fix particular issue to enable the integrations successfully."

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  @G18
  Rule: Enabling runs real checks

    Scenario: A sound set-up is enabled
      Given the Harver Admin has disabled the integration
      When the Harver Admin enables the integration
      Then the integration is enabled, and no check has failed

    Scenario: What iCIMS keeps from the integration leaves the toggle off, and the fix turns it on
      Given the Harver Admin has disabled the integration
      And iCIMS hides e-mail addresses from the integration user
      When the Harver Admin enables the integration
      Then it stays disabled, because the check "fields-person" has failed
      When iCIMS shows e-mail addresses to the integration user again
      And the Harver Admin enables the integration
      Then the integration is enabled, and no check has failed

  @G19 @UAT-21
  Rule: The same toggle disables the integration

    Scenario: New requests are refused in a recruiter's words
      Given the Harver Admin has disabled the integration
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the Harver integration is not enabled, and whom to ask
      And Harver has not heard of Ana and no mail was sent

    Scenario: What is under way is finished and delivered
      Given Tomas has advanced Ana to Send to Harver
      And the Harver Admin has disabled the integration
      When Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
