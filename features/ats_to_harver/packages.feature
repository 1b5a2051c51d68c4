Feature: The package on the requisition names the assessment

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  @G21
  Rule: The recruiter selects the package in the field Assessment Type of the requisition

    Scenario: A package that was selected later is the one that counts
      Given the requisition "Advisor Leeds" with the package of "Call Centre Advisor"
      And the Candidate Ana is submitted to "Advisor Leeds"
      And Tomas has selected the package of "Customer-Care Specialist" on "Advisor Leeds"
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Customer-Care Specialist"

    Scenario: A requisition without a package invites nobody
      Given the requisition "Night Shift Lead" without a package
      And the Candidate Ana is submitted to "Night Shift Lead"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that "Assessment Type" must be filled in, and whom to ask
      And Harver has not heard of Ana and no mail was sent

    @row-8
    Scenario: Of several packages one must be chosen
      Given the requisition "Advisor Leeds" with the package of "Call Centre Advisor"
      And Tomas has selected the package of "Customer-Care Specialist" on "Advisor Leeds", too
      And the Candidate Ana is submitted to "Advisor Leeds"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that one of several packages must be left, and whom to ask
      And Harver has not heard of Ana and no mail was sent

  @G03 @UAT-09
  Rule: A package reads Harver, the vacancy's name, a dash, the vacancy's id

    Scenario Outline: A package written with <dash> is understood
      Given the package of "Call Centre Advisor" is loaded into iCIMS with <dash>
      And the requisition "Advisor Leeds" with the loaded package
      And the Candidate Ana is submitted to "Advisor Leeds"
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

      Examples:
        | dash       |
        | an en dash |
        | a hyphen   |

    Scenario: A package without the vacancy's id is found out and explained
      Given a package without a vacancy id is loaded into iCIMS
      And the requisition "Advisor Leeds" with the loaded package
      And the Candidate Ana is submitted to "Advisor Leeds"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the package is wrongly formatted, and whom to ask
      And Harver has not heard of Ana and no mail was sent

    Scenario: Another vendor's package on the same requisition is left alone
      Given the Candidate Ana is submitted to "Online Support Agent"
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Customer-Care Specialist"
      And no mail was sent but the invitation of Ana

    Scenario: The dashed name of a vacancy is not mistaken for the dash before its id
      Given the requisition "Care Leeds" with the package of "Customer-Care Specialist"
      And the Candidate Ana is submitted to "Care Leeds"
      When Ana is advanced and takes the assessment as a great fit
      Then the Screen tab names the package of "Customer-Care Specialist" for Ana, written with an en dash
