@ui
Feature: The guide by hand, from its first line to the first invitation
  "The setup guide provides step by step guidelines and instructions on connecting the iCIMs account with the Harver."
  One window shows Harver, the other iCIMS. Whatever the guide asks for is on their screens, and is found by what it is called.

  @G02 @G03 @G06 @G08 @G09 @G10 @G11 @G12 @G13 @G15 @G16 @G17 @G18 @G20 @G21 @G23 @G24 @G25 @G26 @G27
  Scenario Outline: All of it is done with <means>
    Given <company> has iCIMS and Harver and has not connected them
    And the overview is open in <window> window, and there is <means> to work with

    When the Harver Admin signs in to the console
    And the Harver Admin adds "iCIMS Marketplace" in the Integration menu and continues to the overview
    And the Harver Admin selects both integration patterns in the section General
    And the Harver Admin edits the ATS credentials for <method> and tests the connection
    And the Harver API credentials and endpoint are copied to iCIMS, where "Assessment: Send to Harver" becomes the trigger
    And the addresses of Harver are whitelisted in iCIMS
    And the package of "Call Centre Advisor" is copied to both lists of iCIMS
    And the Harver Admin switches Assessment Status on in the section ATS to Harver
    And the Harver Admin finds the completed status defaulted in the section Harver to ATS and selects the report <report>
    And the Harver Admin presses the toggle in the section General
    Then the page says that the integration is enabled

    When Tomas selects the loaded package in the field Assessment Type of "Call Centre Advisor" by hand
    And Tomas creates the Candidate Ana by hand
    And Tomas submits Ana to "Call Centre Advisor" by hand
    And Tomas advances Ana to "Send to Harver" by hand
    Then the Summary page says "Invitation is sent to Candidate"
    And the mailbox shows the invitation of Ana with its link
    And Ana is invited to "Call Centre Advisor"

    Examples:
      | means              | window              | method               | report      | company                                                     |
      | the mouse          | an ordinary         | OAuth2               | Reports Hub | Brightwater Foods                                           |
      | the keyboard alone | a fourfold enlarged | Basic authentication | PDF report  | Brightwater Foods & Northern Provisions (Deutschland) GmbH |

  Rule: What the screens say at once

    Background:
      Given Brightwater Foods has connected iCIMS to Harver

    @G08
    Scenario: A Recruiter finds nothing to configure and learns whom to ask
      Given the overview is open in an ordinary window, and there is the mouse to work with
      When the Recruiter signs in to the console
      Then the console offers the Recruiter no Integration menu
      And the section General tells the Recruiter which Harver Admin to ask

    @G18 @G19
    Scenario: The toggle says why it stays off, and turns on and off once that is mended
      Given the Harver Admin has disabled the integration
      And iCIMS hides e-mail addresses from the integration user
      And the overview is open in an ordinary window, and there is the mouse to work with
      When the Harver Admin signs in to the console
      And the Harver Admin presses the toggle in the section General
      Then the page says that the integration stays disabled, what to do and who can do it
      When iCIMS shows e-mail addresses to the integration user again
      And the Harver Admin presses the toggle in the section General
      Then the page says that the integration is enabled
      When the Harver Admin presses the toggle in the section General
      Then the page says that the integration is disabled

    @G28
    Scenario: The preview follows what the Harver Admin types
      Given the overview is open in an ordinary window, and there is the mouse to work with
      When the Harver Admin signs in to the console
      And the Harver Admin types the subject "One more step at {{company_name}}" into the invitation mail
      Then the preview beside it says "One more step at Brightwater Foods"
      When the Harver Admin types the subject "{{wage}} awaits you" into the invitation mail
      Then the subject is refused while it is typed, with a message that says "{{wage}}"
      And the invitation is as it was
