@checklist @G34
Feature: Add the right Harver assessment to the requisition
  Validating the integration set-up, second step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: The package on the requisition decides which assessment a candidate takes

    Scenario: A requisition without a package gets the right one
      Given the requisition "Test: Customer Care" without a package
      When Tomas selects the package of "Customer-Care Specialist" on "Test: Customer Care"
      Then "Test: Customer Care" shows the package of "Customer-Care Specialist"
      And a candidate of "Test: Customer Care" who is advanced to Send to Harver is invited to "Customer-Care Specialist"
