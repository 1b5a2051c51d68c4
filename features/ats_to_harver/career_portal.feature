@G22
Feature: Candidates apply on the career portal and take the assessment as its last step

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: The last step leads to Harver, signed in, and back again

    @G07
    Scenario: The application is complete when the candidate is back
      When Ana applies for "Call Centre Advisor" on the career portal and takes the assessment as a great fit
      Then Ana is back on the career portal and her application is complete
      And the Screen tab recommends Ana as "Great Fit"

    Scenario: The link leads straight into the assessment
      When Ana applies for "Call Centre Advisor" on the career portal up to the assessment
      Then Ana is welcomed by name on the assessment's landing page without signing in
      And no mail was sent

    @UAT-06 @row-01
    Scenario: A candidate who follows the link twice goes on where she stopped
      Given Ana has applied for "Call Centre Advisor" on the career portal up to the assessment
      And Ana has answered the first two parts
      When Ana opens the assessment from the career portal again
      Then Ana goes on with the third part
      And Harver has one application of Ana

    @UAT-06
    Scenario: A candidate who follows the link again is let in whatever has become of the requisition
      Given Ana has applied for "Call Centre Advisor" on the career portal up to the assessment
      And Ana has answered the first two parts
      And Tomas has selected the package of "Customer-Care Specialist" on "Call Centre Advisor"
      When Ana opens the assessment from the career portal again
      Then Ana goes on with the third part
      And Harver has one application of Ana

    @UAT-16
    Scenario: A candidate who never returns to the portal has a result all the same
      Given Ana has applied for "Call Centre Advisor" on the career portal up to the assessment
      When Ana takes the assessment as a good fit and closes the window
      Then iCIMS shows one result for Ana, which is complete

    Scenario: A position without a package has no assessment step
      When Ana applies for "Warehouse Shift Lead" on the career portal
      Then Ana is thanked for her application at once
      And Harver has not heard of Ana and no mail was sent

    Scenario: A candidate who cannot be sent to Harver learns why and keeps her application
      When Ana applies for "Seasonal Order Picker" on the career portal up to the assessment
      Then Ana reads on the portal that the assessment cannot be started, and whom to ask
      And Harver has not heard of Ana and no mail was sent
