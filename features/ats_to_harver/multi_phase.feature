Feature: Confirm or Modify Package
  With multi-phased assessments recruiters choose in Harver, at any point of the workflow, which packages a candidate is invited to.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Harver Admin has switched Multi-Phased Assessments on
    And the Candidate Ana is submitted to "Call Centre Advisor"

  @G14
  Rule: The setting decides where packages are selected

    Scenario: Switched on, the recruiter is asked, and nothing is sent before
      When Tomas advances Ana to Send to Harver
      Then the Summary asks Tomas to confirm or modify the package of Ana
      And Harver has not heard of Ana and no mail was sent

    Scenario: Switched off again, the package of the requisition is what the candidate gets
      Given the Harver Admin has switched Multi-Phased Assessments off
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

    Scenario: A requisition needs no package of its own
      Given the requisition "Test: Customer Care" without a package
      And the Candidate Bilal is submitted to "Test: Customer Care"
      When Tomas advances Bilal to Send to Harver
      And Tomas chooses "Customer-Care Specialist" for Bilal in Harver
      Then Bilal is invited to exactly "Customer-Care Specialist"

    Scenario: Candidates who apply on the career portal take the package of the requisition
      When Bilal applies for "Call Centre Advisor" on the career portal and takes the assessment as a good fit
      Then Bilal is back on the career portal and his application is complete
      And iCIMS shows the results of Bilal:
        | Call Centre Advisor | Complete | Good Fit |

  @G32
  Rule: The candidate is invited to exactly the packages that were chosen

    @UAT-10
    Scenario: Two packages are chosen, and each has a result of its own
      Given Tomas has been asked for the packages of Ana
      When Tomas chooses "Call Centre Advisor" and "Customer-Care Specialist" for Ana in Harver
      Then Ana is invited to exactly "Call Centre Advisor" and "Customer-Care Specialist"
      When Ana takes the assessment "Customer-Care Specialist" as a great fit
      And Ana takes the assessment "Call Centre Advisor" as a poor fit
      Then iCIMS shows the results of Ana:
        | Call Centre Advisor      | Complete | Poor Fit  |
        | Customer-Care Specialist | Complete | Great Fit |

    @UAT-11
    Scenario: A second round leaves the first result alone
      Given Tomas has chosen "Call Centre Advisor" for Ana in Harver
      And Ana has taken the assessment as a great fit
      When Tomas advances Ana to Send to Harver
      Then Harver shows Tomas that Ana has completed "Call Centre Advisor" with "Great Fit", and offers "Customer-Care Specialist"
      When Tomas chooses "Customer-Care Specialist" for Ana in Harver
      And Ana takes the assessment "Customer-Care Specialist" as a good fit
      Then iCIMS shows the results of Ana:
        | Call Centre Advisor      | Complete | Great Fit |
        | Customer-Care Specialist | Complete | Good Fit  |

    @UAT-12
    Scenario: Nothing is sent when the window is closed, and advancing again works
      Given Tomas has been asked for the packages of Ana
      When Tomas opens Confirm or Modify Package for Ana and closes the window
      Then Harver has not heard of Ana and no mail was sent
      When Tomas advances Ana to Send to Harver
      And Tomas chooses "Call Centre Advisor" for Ana in Harver
      Then Ana is invited to exactly "Call Centre Advisor"

    @UAT-12
    Scenario: Nothing is sent when the choice is cancelled
      Given Tomas has been asked for the packages of Ana
      When Tomas cancels the choice for Ana in Harver
      Then Harver has not heard of Ana and no mail was sent

    @own-world
    Scenario: A page that was left open for too long sends nothing
      Given Tomas has been asked for the packages of Ana
      When more than an hour goes by
      Then Harver tells Tomas that the time to choose for Ana is over
      And Harver has not heard of Ana and no mail was sent
